package yubin.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import yubin.mail.AccountId;
import yubin.mail.Address;
import yubin.store.Keys;
import yubin.store.Kind;

class FindTest {
    private final Office office =
            new Office()
                    .domain("example.com")
                    .domain("例え.test")
                    .account("ann@example.com") // 1
                    .account("Bob@Example.com") // 2
                    .account("\"odd name\"@example.com") // 3
                    .account("花子@例え.test"); // 4

    @AfterEach
    void close() {
        office.close();
    }

    @Test
    void aPersonIsFoundInAnySpelling() {
        assertEquals("1", office.find("ann@example.com"));
        assertEquals("1", office.find("ANN@EXAMPLE.COM"));
        assertEquals("2", office.find("bob@example.com"));
        assertEquals("3", office.find("\"odd name\"@example.com"));
        assertEquals("4", office.find("花子@xn--r8jz45g.test"));
        assertEquals("4", office.find("花子@例え.test"));
        assertEquals("unknown", office.find("carl@example.com"));
        assertEquals("remote", office.find("ann@example.net"));
        assertEquals("remote", office.find("ann@[192.0.2.1]"));
    }

    @Test
    void composedAndDecomposedNamesAreTheSamePerson() {
        office.account("caf\u00E9@example.com");
        assertEquals("5", office.find("cafe\u0301@example.com"));
    }

    @Test
    void whatTheSenderWroteIsKept() {
        Found.Local found =
                assertInstanceOf(
                        Found.Local.class,
                        office.directory.find(Address.of("ANN+Tag@example.com")));
        assertEquals("ANN+Tag", found.targets().getFirst().address().local());
        assertEquals("Tag", found.targets().getFirst().tag());
        assertEquals(Long.MAX_VALUE, found.targets().getFirst().quotaOctets());
        assertEquals("ja", found.targets().getFirst().language());
    }

    @Test
    void subaddressesFallBackToThePerson() {
        assertEquals("1+x", office.find("ann+x@example.com"));
        assertEquals("1+x+y", office.find("ann+x+y@example.com"));
        assertEquals("1+", office.find("ann+@example.com"));
        assertEquals("unknown", office.find("+ann@example.com"));
        assertEquals("unknown", office.find("carl+x@example.com"));
        office.alias("ann+bills@example.com", "bob@example.com");
        assertEquals("2", office.find("ann+bills@example.com"));
    }

    @Test
    void aliasesLeadToSeveralHereAndElsewhere() {
        office.alias("all@example.com", "ann@example.com", "bob@example.com", "carl@example.net")
                .alias("team@example.com", "all@example.com", "ann+team@example.com");
        assertEquals("1 2 carl@example.net", office.find("all@example.com"));
        assertEquals("1 2 carl@example.net", office.find("team@example.com"));
        assertEquals("1+q 2+q carl@example.net", office.find("all+q@example.com"));
    }

    @Test
    void loopsEndAndDeadEndsAreUnknown() {
        office.alias("a@example.com", "b@example.com")
                .alias("b@example.com", "a@example.com", "ann@example.com")
                .alias("c@example.com", "d@example.com")
                .alias("d@example.com", "c@example.com")
                .alias("e@example.com", "nobody@example.com");
        assertEquals("1", office.find("a@example.com"));
        assertEquals("unknown", office.find("c@example.com"));
        assertEquals("unknown", office.find("e@example.com"));
    }

    @Test
    void endlessChainsAreBounded() {
        for (int i = 0; i < 30; i++) {
            office.alias("c" + i + "@example.com", "c" + (i + 1) + "@example.com");
        }
        office.alias("c30@example.com", "ann@example.com");
        assertEquals("asleep", office.find("c0@example.com"));
        assertEquals("1", office.find("c20@example.com"));
    }

    @Test
    void theCatchAllComesLast() {
        assertEquals("unknown", office.find("carl@example.com"));
        office.alias("@example.com", "bob@example.com");
        assertEquals("2", office.find("carl@example.com"));
        assertEquals("2", office.find("carl+x@example.com"));
        assertEquals("1+x", office.find("ann+x@example.com"));
        office.administration.removeAlias("@example.com");
        assertEquals("unknown", office.find("carl@example.com"));
    }

    @Test
    void postmasterIsAlwaysSomebody() {
        assertEquals("1", office.find("postmaster@example.com"));
        office.administration.setAdmin("bob@example.com", true);
        assertEquals("2", office.find("POSTMaster@example.com"));
        assertEquals("2", office.find("Postmaster@例え.test"));
        assertEquals("2", Office.describe(office.directory.findPostmaster()));
        office.alias("@example.com", "ann@example.com");
        assertEquals("2", office.find("postmaster@example.com"));
        office.alias("postmaster@example.com", "ann@example.com", "chief@example.net");
        assertEquals("1 chief@example.net", office.find("postmaster@example.com"));
        assertEquals("1 chief@example.net", Office.describe(office.directory.findPostmaster()));
        office.administration.setEnabled("bob@example.com", false);
        assertEquals("1", office.find("postmaster@例え.test"));
    }

    @Test
    void theDisabledGetNothing() {
        office.alias("both@example.com", "ann@example.com", "bob@example.com");
        office.administration.setEnabled("ann@example.com", false);
        assertEquals("disabled", office.find("ann@example.com"));
        assertEquals("2", office.find("both@example.com"));
        office.administration.setEnabled("ann@example.com", true);
        assertEquals("1", office.find("ann@example.com"));
    }

    @Test
    void numbersStayOverRenamingAndAreNeverUsedAgain() {
        office.administration.renameAccount("ann@example.com", "anna@example.com");
        assertEquals("unknown", office.find("ann@example.com"));
        assertEquals("1", office.find("anna@example.com"));
        office.administration.removeAccount("anna@example.com");
        byte[] gone = Kind.ACCOUNT_GONE.keyLong(0, 1);
        assertNotNull(office.keys.get(Keys.Family.RECORDS, gone), "its boxes are to be cleared");
        assertEquals("unknown", office.find("anna@example.com"));
        office.account("anna@example.com");
        assertEquals("5", office.find("anna@example.com"));
        assertEquals("5", office.reopened().find("anna@example.com"));
    }

    @Test
    void oneMayWriteAsOneself() throws IOException {
        office.alias("sales@example.com", "ann@example.com")
                .alias("@例え.test", "ann@example.com")
                .alias("pair@example.com", "ann@example.com", "bob@example.com");
        Login ann = login(1, "ann@example.com");
        Login bob = login(2, "bob@example.com");
        for (String good :
                new String[] {
                    "ann@example.com",
                    "Ann+x@example.com",
                    "sales@example.com",
                    "x@例え.test",
                    "pair@example.com"
                }) {
            assertTrue(office.directory.mayWriteAs(ann, Address.of(good)), good);
        }
        for (String bad :
                new String[] {"ann@example.com", "sales@example.com", "x@例え.test", "a@b.example"}) {
            assertFalse(office.directory.mayWriteAs(bob, Address.of(bad)), bad);
        }
        office.alias("@example.com", "ann@example.com", "bob@example.com");
        assertFalse(office.directory.mayWriteAs(bob, Address.of("chief@example.com")));
    }

    private static Login login(long account, String address) {
        return new Login(
                new AccountId(account),
                1,
                1,
                Use.ALL,
                Address.of(address),
                1,
                Set.of(),
                Long.MAX_VALUE,
                "ja");
    }
}
