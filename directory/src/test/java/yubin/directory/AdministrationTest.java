package yubin.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import yubin.mail.Address;
import yubin.mail.Domain;
import yubin.store.StoreTrouble;

class AdministrationTest {
    private final Office office = new Office().domain("example.com");
    private final Administration administration = office.administration;
    private final List<String> bad = new ArrayList<>();

    @AfterEach
    void close() {
        office.close();
    }

    private static void refused(Outcome.Why why, Outcome outcome) {
        Outcome.Refused refused = assertInstanceOf(Outcome.Refused.class, outcome);
        assertEquals(why, refused.why(), refused.text());
        assertTrue(refused.text() != null && !refused.text().isEmpty());
    }

    private Administration.Progress read(String csv, boolean update) throws IOException {
        bad.clear();
        return administration.importAccounts(
                new BufferedReader(new StringReader(csv)),
                update,
                line -> bad.add(line.line() + " " + line.text()),
                progress -> {});
    }

    @Test
    void wishesThatCannotBe() {
        office.account("ann@example.com").alias("info@example.com", "ann@example.com");
        refused(Outcome.Why.EXISTS, administration.addDomain("EXAMPLE.com."));
        refused(Outcome.Why.BAD, administration.addDomain("not a domain"));
        refused(Outcome.Why.BAD, administration.addDomain("[192.0.2.1]"));
        refused(Outcome.Why.BAD, administration.removeDomain("example.com"));
        refused(Outcome.Why.MISSING, administration.removeDomain("example.net"));
        refused(Outcome.Why.EXISTS, account("ann@example.com", null));
        refused(Outcome.Why.EXISTS, account("info@example.com", null));
        refused(Outcome.Why.BAD, account("ann", null));
        refused(Outcome.Why.BAD, account("ann+x@example.com", null));
        refused(Outcome.Why.MISSING, account("ann@example.net", null));
        refused(Outcome.Why.BAD, account("bob@example.com", ""));
        refused(Outcome.Why.BAD, account("bob@example.com", "{MD5}abc"));
        refused(Outcome.Why.BAD, account("bob@example.com", "{ARGON2ID}$argon2id$v=19$m=99999999"));
        refused(Outcome.Why.MISSING, administration.setPassword("bob@example.com", "x"));
        refused(Outcome.Why.MISSING, administration.removeAccount("info@example.com"));
        refused(Outcome.Why.MISSING, administration.removeAlias("ann@example.com"));
        refused(
                Outcome.Why.EXISTS,
                administration.addAlias("ann@example.com", List.of("a@b.test")));
        refused(Outcome.Why.BAD, administration.addAlias("x@example.com", List.of()));
        refused(
                Outcome.Why.BAD,
                administration.edit(
                        "ann@example.com",
                        new Administration.Edit(null, null, "xx", null, null, null)));
        refused(
                Outcome.Why.BAD,
                administration.edit(
                        "ann@example.com",
                        new Administration.Edit("a\nb", null, null, null, null, null)));
        refused(
                Outcome.Why.EXISTS,
                administration.renameAccount("ann@example.com", "info@example.com"));
    }

    private Outcome account(String address, String password) {
        return administration.addAccount(
                new Administration.NewAccount(
                        address, password, null, Long.MAX_VALUE, false, Account.Type.PERSON, null));
    }

    @Test
    void changesAreKept() throws IOException {
        office.account("ann@example.com", null, true);
        administration.edit(
                "ann@example.com",
                new Administration.Edit("  安 花子 ", 5L << 30, "en", null, null, null));
        administration.setLimits("ann@example.com", new Account.Limits(3, 1 << 20, 100));
        Administration.AccountEntry entry =
                office.reopened().administration.accounts(null).getFirst();
        assertEquals("安 花子", entry.account().name());
        assertEquals(5L << 30, entry.account().quotaOctets());
        assertEquals("en", entry.account().language());
        assertEquals(3, entry.account().limits().sessions());
        assertTrue(entry.roles().contains(TenantRole.ADMIN));
        assertEquals(
                5L << 30,
                ((Found.Local) office.directory.find(Address.of("ann@example.com")))
                        .targets()
                        .getFirst()
                        .quotaOctets());
        assertEquals(1, office.administration.domains().getFirst().accounts());
    }

    @Test
    void domainsShareNoAddresses() throws IOException {
        office.domain("example.co").domain("b.example.com");
        office.account("ann@example.co").account("ann@b.example.com");
        assertEquals(1, administration.accounts("example.co").size());
        assertEquals(0, administration.accounts("example.com").size());
        assertInstanceOf(Outcome.Ok.class, administration.removeDomain("example.com"));
        assertEquals("remote", office.find("x@example.com"));
    }

    @Test
    void routes() throws IOException {
        Domain there = Domain.of("there.example");
        assertTrue(office.directory.route(there).isEmpty());
        administration.addRoute("*", "smart.example:587", "user", "secret");
        administration.addRoute("there.example", "[2001:db8::1]:2525", null, null);
        assertEquals(2525, office.directory.route(there).orElseThrow().port());
        assertEquals("2001:db8::1", office.directory.route(there).orElseThrow().host());
        Route smart = office.directory.route(Domain.of("other.example")).orElseThrow();
        assertEquals("secret", smart.password());
        assertEquals("* smart.example:587 as user", smart.toString());
        assertEquals(2, office.reopened().directory.routes().size());
        for (String wrong : new String[] {"", "a b", "x:", "x:0", "x:99999", "[zz]:1", "::1:"}) {
            refused(Outcome.Why.BAD, administration.addRoute("a.example", wrong, null, null));
        }
        refused(Outcome.Why.BAD, administration.addRoute("a.example", "x", "user", null));
        office.administration.removeRoute("there.example");
        assertEquals("smart.example", office.directory.route(there).orElseThrow().host());
    }

    @Test
    void goodLinesAreKeptAndBadOnesNamed() throws IOException {
        office.account("old@example.com");
        Administration.Progress done =
                read(
                        """
                        address,password,name,quota
                        ann@example.com,secret,"Ann ""the"" One, Ltd",5G
                        not an address,x,,
                        bob@example.com,,,12X

                        old@example.com,secret,,
                        ann@example.com,secret,,
                        carl@example.com,{MD5}x,,
                        zoe@example.com,,Zoe
                        eve@example.com,a,b,1,extra
                        "open
                        """,
                        false);
        assertEquals(new Administration.Progress(9, 2, 0, 7), done);
        assertEquals(7, bad.size());
        assertTrue(bad.getFirst().startsWith("3 "), bad.toString());
        assertTrue(bad.getLast().startsWith("11 "), bad.toString());
        assertEquals("Ann \"the\" One, Ltd", accountOf("ann@example.com").name());
        assertEquals(5L << 30, accountOf("ann@example.com").quotaOctets());
        assertEquals(1, read("nonsense\n", false).bad());
        assertEquals(1, read("", false).bad());
    }

    private Account accountOf(String address) throws IOException {
        return administration.accounts(null).stream()
                .map(Administration.AccountEntry::account)
                .filter(account -> account.address().toString().equals(address))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void updateChangesWhatIsGiven() throws IOException {
        read("address,password,name,quota\nann@example.com,one,Ann,1G\n", false);
        Visitor here = Visitor.plain(Office.LOOPBACK, Use.IMAP);
        assertInstanceOf(Step.Done.class, office.directory.login("ann", "one", here));
        assertEquals(1, read("address,quota\nann@example.com,2G\n", true).updated());
        assertInstanceOf(Step.Done.class, office.directory.login("ann", "one", here));
        assertEquals(2L << 30, accountOf("ann@example.com").quotaOctets());
        assertEquals("Ann", accountOf("ann@example.com").name());
        assertEquals(1, read("address,password\nann@example.com,two\n", true).updated());
        assertInstanceOf(Step.Failed.class, office.directory.login("ann", "one", here));
        assertInstanceOf(Step.Done.class, office.directory.login("ann", "two", here));
    }

    @Test
    void tenThousandHashedAccounts() throws IOException {
        String hash = Passwords.hash("secret").toString();
        StringBuilder csv = new StringBuilder("address,password,name,quota\n");
        for (int i = 0; i < 10_000; i++) {
            csv.append("user%05d@example.com,%s,,5G\n".formatted(i, hash.replace(",", "_")));
        }
        // The hash has commas, so its field has to be quoted.
        String quoted =
                csv.toString().replaceAll("(\\{ARGON2ID\\}[^,]*)", "\"$1\"").replace("_", ",");
        long start = System.nanoTime();
        Administration.Progress done = read(quoted, false);
        long millis = (System.nanoTime() - start) / 1_000_000;
        assertEquals(new Administration.Progress(10_000, 10_000, 0, 0), done, bad.toString());
        assertTrue(millis < 20_000, millis + " ms");
        assertEquals("10000", office.find("user09999@example.com"));
    }

    @Test
    void aFailedCommitChangesNothing() throws IOException {
        office.account("ann@example.com");
        office.keys.trouble = new StoreTrouble.DiskLow("full");
        refused(Outcome.Why.TROUBLE, account("bob@example.com", null));
        refused(Outcome.Why.TROUBLE, administration.setEnabled("ann@example.com", false));
        assertEquals(1, read("address\nzoe@example.com\n", false).bad());
        office.keys.trouble = null;
        assertEquals("unknown", office.find("bob@example.com"));
        assertEquals("1", office.find("ann@example.com"));
    }
}
