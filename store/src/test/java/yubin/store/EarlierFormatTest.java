package yubin.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.mail.AccountId;

/// Opens the data folders that earlier releases left behind, kept as `src/test/data/format-*.zip`.
///
/// Each holds account 7 with two messages in the inbox, the first `\Seen` with the keyword
/// `$Todo`, the second with Message-ID `two@example.com`, and a mailbox `Work`. A new format adds a
/// file; none is ever made anew.
class EarlierFormatTest {
    @TempDir Path folder;

    @Test
    void theFirstFormatOpensWithEverythingInIt() throws Exception {
        unzip("format-1.zip");
        try (Store store = Store.open(folder.resolve("data"), InstantSource.system())) {
            assertEquals(List.of(), Verify.run(store).findings());
            Boxes boxes = store.boxes(new AccountId(7));
            Mailbox inbox = boxes.role(Role.INBOX).orElseThrow();
            assertEquals(2, inbox.messages());
            assertEquals(1, inbox.unseen());
            assertEquals(List.of("$Todo"), boxes.keywords());
            Snapshot snapshot = boxes.view(inbox.id()).now();
            assertEquals(Flags.SEEN | 1L << Flags.KEYWORD_FIRST, snapshot.flags(0));
            assertEquals(540, snapshot.zoneMinutes(0));
            Email second = boxes.email(snapshot.emailId(1));
            assertEquals("two@example.com", second.message().messageId());
            String text = new String(boxes.read(second, 0, 10_000), StandardCharsets.UTF_8);
            assertTrue(text.startsWith("Return-Path: <>\r\n"), text);
            assertTrue(text.endsWith("こんにちは\r\n"), text);
            assertTrue(boxes.find("Work").isPresent());
        }
    }

    private void unzip(String name) throws IOException {
        Path zip = Path.of(System.getProperty("yubin.root"), "store", "src", "test", "data", name);
        try (InputStream in = Files.newInputStream(zip);
                ZipInputStream entries = new ZipInputStream(in)) {
            for (ZipEntry entry; (entry = entries.getNextEntry()) != null; ) {
                Path target = folder.resolve(entry.getName()).normalize();
                assertTrue(target.startsWith(folder), entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(entries, target);
                }
            }
        }
    }
}
