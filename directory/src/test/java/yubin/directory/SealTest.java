package yubin.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.mail.Domain;
import yubin.store.Batch;
import yubin.store.Keys.Family;
import yubin.store.Octets;
import yubin.store.Store;

/// Passwords of routes are not readable without the key.
class SealTest {
    private static final byte[] ROW = {1, 2, 3};
    private static final Domain ANY = Domain.of("other.example");

    @TempDir Path folder;

    @Test
    void whatIsClosedOpensOnlyWithItsKeyAndForItsOwner() {
        Seal seal = new Seal(new byte[32]);
        for (String text : List.of("", "secret", "パスワード", "x".repeat(1000))) {
            byte[] sealed = seal.close(text, ROW);
            assertEquals(text, seal.open(sealed, ROW));
            assertNotEquals(List.of(sealed), List.of(seal.close(text, ROW)));
            assertNull(seal.open(sealed, new byte[] {1, 2, 4}));
            byte[] otherKey = new byte[32];
            otherKey[31] = 1;
            assertNull(new Seal(otherKey).open(sealed, ROW));
            for (int i = 0; i < sealed.length; i++) {
                byte[] damaged = sealed.clone();
                damaged[i] ^= 1;
                assertNull(seal.open(damaged, ROW), "octet " + i);
            }
        }
        assertNull(seal.open(new byte[0], ROW));
        assertNull(seal.open(new byte[27], ROW));
    }

    @Test
    void theKeyIsMadeOnceAndReadableByItsOwnerOnly() throws Exception {
        byte[] sealed = Seal.in(folder).close("secret", ROW);
        assertEquals("secret", Seal.in(folder).open(sealed, ROW));
        Path file = folder.resolve("keys/seal");
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(32, Files.size(file));
        Files.write(file, new byte[31]);
        IOException wrong = assertThrows(IOException.class, () -> Seal.in(folder));
        assertTrue(wrong.getMessage().endsWith("seal is no key: it has 31 octets, not 32"));
    }

    @Test
    void noFileOfTheStoreHasThePasswordAfterItsMigration() throws Exception {
        byte[] key = Rows.routeKey(null);
        byte[] old =
                new Octets.Writer(64)
                        .octet(1)
                        .varint(1)
                        .text("smart.example")
                        .varint(587)
                        .text("user")
                        .text("open-sesame")
                        .done();
        Path data = folder.resolve("data");
        try (Store store = Store.open(data, InstantSource.system())) {
            store.committer().commit(new Batch().put(key, old));
        }
        for (int start = 0; start < 2; start++) {
            try (Store store = Store.open(data, InstantSource.system());
                    Directory directory = open(store)) {
                assertEquals("open-sesame", directory.route(ANY).orElseThrow().password());
                assertFalse(Rows.isRouteOpen(store.keys().get(Family.RECORDS, key)));
                assertNull(directory.routes().getFirst().password());
                Outcome added =
                        directory
                                .administration()
                                .addRoute("a.example", "a.example.org", "me", "mellon-" + start);
                assertInstanceOf(Outcome.Ok.class, added);
            }
        }
        try (var files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String octets = Files.readString(file, StandardCharsets.ISO_8859_1);
                assertFalse(octets.contains("mellon"), file.toString());
                assertFalse(octets.contains("open-sesame"), file.toString());
            }
        }
    }

    private static Directory open(Store store) throws IOException {
        return Directory.open(
                store, InstantSource.system(), Directory.Settings.of(Domain.of("mx.example.com")));
    }

    @Test
    void aRouteWhoseKeyIsLostIsNamedAndCanBeSetAgain() throws Exception {
        try (Office office = new Office()) {
            office.administration.addRoute("*", "smart.example", "user", "secret");
            office.administration.addRoute("there.example", "mx.there.example", null, null);
            byte[] other = new byte[32];
            other[0] = 1;
            office.seal = new Seal(other);
            office.reopened();
            IOException lost = assertThrows(IOException.class, () -> office.directory.route(ANY));
            assertTrue(lost.getMessage().contains("add the route again"), lost.getMessage());
            assertEquals(2, office.directory.routes().size());
            assertTrue(office.directory.route(Domain.of("there.example")).isPresent());
            assertInstanceOf(Outcome.Ok.class, office.administration.removeRoute("*"));
            office.administration.addRoute("*", "smart.example", "user", "again");
            assertEquals("again", office.directory.route(ANY).orElseThrow().password());
        }
    }
}
