package yubin.imap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.search.Catalogue;
import yubin.store.Boxes;

/// SEARCH with the catalogue asked first gives what SEARCH without it gives.
class SearchTest {
    private static final String[] PIECES = {
        "invoice",
        "Invoices",
        "in",
        "voice",
        "請求書",
        "請求",
        "求",
        "書",
        "カタカナ",
        "ｶﾀｶﾅ",
        "café",
        "CAFE",
        "x1y2z3",
        "a",
        " ",
        " ",
        " ",
        "<b>",
        "&amp;",
        "=",
        "-",
        ".",
        "東京都",
        "é",
        "Straße"
    };
    private static final String[] KEYS = {"TEXT", "BODY", "SUBJECT", "FROM", "HEADER X-Note"};

    @TempDir Path folder;
    private Office office;
    private Catalogue catalogue;

    @BeforeEach
    void open() throws Exception {
        office = new Office(folder);
        catalogue = Catalogue.of(office.store, folder.resolve("search"));
        catalogue.start();
    }

    @AfterEach
    void close() {
        catalogue.close();
        office.close();
    }

    private static String some(Random random, int most) {
        StringBuilder text = new StringBuilder();
        for (int k = random.nextInt(most); k >= 0; k--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    private static String letter(Random random) {
        String body = some(random, 12);
        String type = "text/plain";
        String encoding = "8bit";
        if (random.nextInt(3) == 0) {
            type = "text/html";
            body = "<html><style>invoice</style><p>" + body + "</p></html>";
        }
        if (random.nextInt(2) == 0) {
            encoding = "base64";
            body =
                    Base64.getMimeEncoder()
                            .encodeToString(body.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                            .replace("\r", "");
        }
        return "From: "
                + some(random, 2).replace("<b>", "")
                + " <zoe@example.org>\nSubject: "
                + some(random, 3)
                + "\nX-Note: "
                + some(random, 2)
                + "\nContent-Type: "
                + type
                + "; charset=utf-8\nContent-Transfer-Encoding: "
                + encoding
                + "\n\n"
                + body
                + "\n";
    }

    private void settle(Boxes boxes) throws Exception {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!catalogue.isCaughtUp(boxes.account())) {
            assertTrue(System.nanoTime() < end, "the index does not catch up");
            Thread.sleep(5);
        }
    }

    @Test
    void whatTheCatalogueNamesIsWhatIsThere() throws Exception {
        long seed = System.nanoTime();
        System.out.println("SearchTest seed " + seed);
        Random random = new Random(seed);
        String ann = office.account();
        for (int i = 0; i < 150; i++) office.deliver(ann, letter(random));
        settle(office.boxes(ann));
        for (int i = 0; i < 20; i++) office.deliver(ann, letter(random)); // perhaps behind
        Chat plain = office.in(ann);
        office.catalogue = catalogue;
        office.server = office.window(null, true);
        Chat asking = office.in(ann);
        int found = 0;
        for (int i = 0; i < 200; i++) {
            String text = some(random, 3).replace("\"", "").strip();
            if (text.isEmpty()) continue;
            String key = KEYS[random.nextInt(KEYS.length)];
            String octets =
                    key
                            + " {"
                            + text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length
                            + "+}\r\n"
                            + text;
            String command = "SEARCH CHARSET UTF-8 " + (i % 7 == 0 ? "NOT " : "") + octets;
            List<String> expected = plain.asks(command);
            assertEquals(expected, asking.asks(command), "seed " + seed + ": " + command);
            if (expected.getFirst().length() > 10) found++;
        }
        assertTrue(found > 20, "the texts looked for are in some letters: " + found);
        plain.close();
        asking.close();
    }

    @Test
    void markupIsNotSearched() throws Exception {
        String ann = office.account();
        office.deliver(
                ann,
                "Subject: x\nContent-Type: text/html; charset=utf-8\n\n"
                        + "<p class=\"walrus\">The <b>hor</b>se &amp; cart</p>\n");
        try (Chat chat = office.in(ann)) {
            assertEquals(List.of("* SEARCH"), chat.asks("SEARCH BODY walrus"));
            assertEquals(List.of("* SEARCH 1"), chat.asks("SEARCH BODY \"horse & cart\""));
        }
    }

    @Test
    void aCatalogueThatIsClosedStopsNoSearch() throws Exception {
        String ann = office.account();
        office.deliver(ann, 80);
        settle(office.boxes(ann));
        catalogue.close();
        office.catalogue = catalogue;
        office.server = office.window(null, true);
        try (Chat chat = office.in(ann)) {
            assertEquals(List.of("* SEARCH 77"), chat.asks("SEARCH TEXT \"Hello 77\""));
            assertFalse(catalogue.status().ready());
        }
    }
}
