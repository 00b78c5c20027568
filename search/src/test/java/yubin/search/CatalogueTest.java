package yubin.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.ledger.Counters;
import yubin.mail.AccountId;
import yubin.store.Boxes;
import yubin.store.Email;

/// Letters are put into boxes and looked for.
class CatalogueTest {
    private static final AccountId ANN = TestBox.ANN;
    private static final AccountId BOB = TestBox.BOB;

    @TempDir Path folder;
    private TestBox box;

    @BeforeEach
    void open() throws Exception {
        box = new TestBox(folder.resolve("data"));
    }

    @AfterEach
    void close() {
        box.close();
    }

    private void found(String text, long... emails) throws Exception {
        assertArrayEquals(emails, box.find(text), "looking for " + text);
    }

    private void foundBeforeAndAfterIndexing(Check check) throws Exception {
        check.run();
        box.settle();
        box.catalogue.find(ANN, Wanted.in(Field.BODY, "x"), TestBox.PATIENCE);
        check.run();
    }

    private interface Check {
        void run() throws Exception;
    }

    @Test
    void aLetterIsFoundAtOnceAndByItsOwnerOnly() throws Exception {
        long one = box.write(ANN, "Invoice for May", "Please find the invoices attached.");
        long other = box.write(BOB, "Invoice for June", "See you.");
        foundBeforeAndAfterIndexing(
                () -> {
                    found("invoice", one);
                    found("INVOICES", one);
                    found("invoice please", one);
                    found("\"invoices attached\"", one);
                    found("\"invoice attached\"");
                    found("june");
                    assertArrayEquals(new long[] {other}, box.find(BOB, Field.SUBJECT, "june"));
                    assertArrayEquals(new long[0], box.find(ANN, Field.BODY, "may"));
                    assertArrayEquals(
                            new long[] {one}, box.find(ANN, Field.FROM, "zoe@example.org"));
                });
    }

    @Test
    void japaneseIsFoundWhereverItStands() throws Exception {
        long one = box.write(ANN, "請求書の件", "東京都庁の会議は延期です。請求\n書を送ります。");
        long two = box.write(ANN, "ｻｰﾊﾞｰ障害", "髙澤様 ﾌﾟﾘﾝﾀが動きません。渡邊");
        foundBeforeAndAfterIndexing(
                () -> {
                    found("請求書", one);
                    assertArrayEquals(new long[] {one}, box.find(ANN, Field.BODY, "請求書"));
                    found("京都", one); // as a substring, which bigrams decide
                    found("書", one);
                    found("都庁会議");
                    found("会議 請求書", one);
                    found("サーバー", two);
                    found("さーばー", two);
                    found("プリンタ", two);
                    found("ブリンタ");
                    found("高沢", two);
                    found("髙沢", two);
                    found("渡辺", two);
                    found("です。請求", one);
                    found("の", one);
                    found("\"延期です 請求\"", one);
                });
    }

    @Test
    void theIndexSaysWhatAReaderSays() throws Exception {
        long seed = System.nanoTime();
        System.out.println("CatalogueTest seed " + seed);
        Random random = new Random(seed);
        String[] pieces = {
            "東", "京", "都", "の", "サ", "ｻ", "ﾞ", "ー", "tower", "Tower", "towers", "to", "ab", "abc",
            "abcd", "café", "é", "1", "12", " ", " ", " ", "\r\n", "\r\n> ", ".", "。", "-", "𠮷",
            "髙", "高", "한국", "ไทย", "Ελλάς", "①", "ß", "ss", "か\u3099", "が"
        };
        for (int i = 0; i < 120; i++) {
            StringBuilder text = new StringBuilder();
            for (int k = random.nextInt(30); k >= 0; k--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            box.put(
                    i % 5 == 0 ? BOB : ANN,
                    ("From: a@b.example\r\nSubject: "
                                    + pieces[random.nextInt(19)]
                                    + "\r\n"
                                    + "Content-Type: text/plain; charset=utf-8\r\n\r\n"
                                    + text)
                            .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        box.settle();
        Boxes boxes = box.boxes(ANN);
        List<Email> emails = boxes.emails(0, 1000, 1000).list();
        for (int i = 0; i < 400; i++) {
            StringBuilder text = new StringBuilder();
            for (int k = random.nextInt(4); k >= 0; k--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            String asked = random.nextInt(3) == 0 ? "\"" + text + "\"" : text.toString();
            Field field = Field.values()[random.nextInt(Field.values().length)];
            Wanted wanted = Wanted.in(field, asked);
            List<Long> expected = new ArrayList<>();
            for (Email email : emails) {
                if (new Reading(new Letter(boxes, email, null)).matches(wanted)) {
                    expected.add(email.id());
                }
            }
            List<Long> found = new ArrayList<>();
            for (long id : box.find(ANN, field, asked)) found.add(id);
            assertEquals(expected, found, "seed " + seed + ", " + field + " " + asked);
        }
    }

    @Test
    void aDeletedLetterIsNoLongerFound() throws Exception {
        long one = box.write(ANN, "one", "walrus");
        long two = box.write(ANN, "two", "walrus");
        box.settle();
        found("walrus", one, two);
        Boxes boxes = box.boxes(ANN);
        boxes.remove(1, new int[] {1});
        box.settle();
        box.catalogue.rebuild();
        box.settle();
        found("walrus", two);
    }

    @Test
    void theIndexIsThereAfterAStopAndIsMadeAnewWhenItIsGone() throws Exception {
        long one = box.write(ANN, "one", "walrus");
        box.settle();
        long indexed = Counters.of("search.indexed").sum();
        box.close();
        box.open();
        box.settle();
        assertEquals(indexed, Counters.of("search.indexed").sum());
        found("walrus", one);
        box.close();
        try (var files = Files.list(folder.resolve("data/search"))) {
            for (Path file : (Iterable<Path>) files::iterator) Files.delete(file);
        }
        box.open();
        found("walrus", one);
        box.settle();
        found("walrus", one);
    }

    @Test
    void substringsAreAmongTheCandidates() throws Exception {
        long one = box.write(ANN, "one", "An invoice for 請求書番号 42");
        long two = box.write(ANN, "two", "nothing");
        box.settle();
        box.catalogue.find(ANN, Wanted.in(Field.BODY, "x"), TestBox.PATIENCE);
        for (int i = 0; i < 100; i++) box.write(ANN, "fill", "fill");
        box.settle();
        box.find("fill");
        Candidates some =
                box.catalogue.candidates(ANN, Catalogue.Scope.MESSAGE, "oice for 請").orElseThrow();
        assertArrayEquals(new long[] {one}, some.emails());
        assertTrue(some.indexed() >= two);
        assertTrue(box.catalogue.candidates(ANN, Catalogue.Scope.MESSAGE, "in").isEmpty());
        assertTrue(
                box.catalogue
                                .candidates(ANN, Catalogue.Scope.HEADER, "番")
                                .orElseThrow()
                                .emails()
                                .length
                        == 0);
    }

    @Test
    void aSnippetMarksWhatWasFound() throws Exception {
        long one =
                box.write(
                        ANN,
                        "Re: <Invoices> & more",
                        "Dear Ann,\n\nthe ｻｰﾊﾞｰ of 髙澤 is down; the invoice comes later. 請求\n書です。");
        Snippet snippet =
                box.catalogue
                        .snippet(
                                ANN,
                                one,
                                List.of(
                                        Wanted.in(Field.ANYWHERE, "invoic"),
                                        Wanted.in(Field.BODY, "サーバー 高沢 請求書")))
                        .orElseThrow();
        assertEquals("Re: &lt;<mark>Invoic</mark>es&gt; &amp; more", snippet.subject());
        assertEquals(
                "Dear Ann, the <mark>ｻｰﾊﾞｰ</mark> of <mark>髙澤</mark> is down; the <mark>invoic</mark>e"
                        + " comes later. <mark>請求 書</mark>です。",
                snippet.preview());
        assertTrue(box.catalogue.snippet(ANN, 999, List.of()).isEmpty());
    }

    @Test
    void aSnippetIsNeverLongerThanItMay() throws Exception {
        long one = box.write(ANN, "x", "前".repeat(300) + "請求書" + "後".repeat(300));
        Wanted wanted = Wanted.in(Field.BODY, "請求書");
        Snippet snippet = box.catalogue.snippet(ANN, one, List.of(wanted)).orElseThrow();
        assertNull(snippet.subject());
        assertTrue(snippet.preview().contains("<mark>請求書</mark>"), snippet.preview());
        assertTrue(snippet.preview().getBytes(StandardCharsets.UTF_8).length <= 255);
    }

    @Test
    void theLettersThatAreAboutAWordComeFirst() throws Exception {
        StringBuilder rambling = new StringBuilder("今日はよい天気です。散歩に行きました。");
        for (int i = 0; i < 60; i++) rambling.append("花が咲いていました。");
        long about = box.write(ANN, "納品書のご送付", "納品書をお送りします。");
        long byChance = box.write(ANN, "散歩", rambling + "納品書");
        long never = box.write(ANN, "散歩", "花");
        box.commit();
        assertArrayEquals(
                new long[] {about, byChance}, box.catalogue.best(ANN, Field.ANYWHERE, "納品書", 10));
        assertTrue(never > 0);
    }

    @Test
    void filesAreSearchedToo() throws Exception {
        String pdf = Base64.getMimeEncoder().encodeToString(pdf("The walrus reads 42 pages"));
        long one =
                box.put(
                        ANN,
                        "Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
                                + "--b\nContent-Type: text/html; charset=utf-8\n\n<p>first <b>par</b>t</p>\n"
                                + "--b\nContent-Type: application/pdf\nContent-Disposition: attachment;"
                                + " filename*=utf-8''%E8%A6%8B%E7%A9%8D%E6%9B%B8.pdf\n"
                                + "Content-Transfer-Encoding: base64\n\n"
                                + pdf.replace("\r", "")
                                + "\n--b\nContent-Type: application/pdf\n\nno pdf at all\n--b--\n");
        box.settle();
        found("\"walrus reads\"", one);
        found("part", one);
        found("見積書", one);
        assertArrayEquals(new long[] {one}, box.find(ANN, Field.FILE_NAMES, "見積"));
        assertArrayEquals(new long[0], box.find(ANN, Field.BODY, "見積"));
    }

    private static byte[] pdf(String text) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PDDocument document = new PDDocument()) {
            PDPage page = new PDPage();
            document.addPage(page);
            try (PDPageContentStream content = new PDPageContentStream(document, page)) {
                content.beginText();
                content.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 12);
                content.newLineAtOffset(50, 700);
                content.showText(text);
                content.endText();
            }
            document.save(out);
        }
        return out.toByteArray();
    }

    @Test
    void aHeaderFieldIsFoundByItsNameAndText() throws Exception {
        long one = box.put(ANN, "X-Ticket: ABC-123\nSubject: =?utf-8?B?6KuL5rGC?=\n\nx\n");
        long two = box.put(ANN, "X-Other: ABC-123\n\nx\n");
        foundBeforeAndAfterIndexing(
                () -> {
                    assertArrayEquals(new long[] {one}, header("x-ticket", ""));
                    assertArrayEquals(new long[] {one}, header("X-TICKET", "bc-12"));
                    assertArrayEquals(new long[0], header("X-Ticket", "xyz"));
                    assertArrayEquals(new long[] {two}, header("x-other", "123"));
                    assertArrayEquals(new long[] {one}, header("subject", "請求"));
                });
    }

    private long[] header(String name, String text) throws Exception {
        return box.catalogue.find(ANN, Wanted.header(name, text), TestBox.PATIENCE).emails();
    }
}
