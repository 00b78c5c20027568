package yubin.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import yubin.mail.AccountId;
import yubin.mime.Message;
import yubin.search.Catalogue;
import yubin.search.Field;
import yubin.search.Found;
import yubin.search.Wanted;
import yubin.store.Change;
import yubin.store.NewEmail;
import yubin.store.Role;
import yubin.store.Store;
import yubin.store.Upload;

/// Fills an account with letters of 10 KB, a third of them Japanese, has them indexed and looks for
/// things.
///
/// The words are made up, but come as often as words do: the k-th of them with a share of 1/k.
///
/// Arguments: an empty folder, how many letters. A folder that is filled is used as it is.
public final class SearchBench {
    private static final AccountId ACCOUNT = new AccountId(7);
    private static final int GROUP = 500;
    private static final int TEXT_OCTETS = 10_000;
    private static final int ENGLISH_WORDS = 60_000;
    private static final int JAPANESE_WORDS = 40_000;
    private static final String[] PARTICLES = {
        "の", "は", "を", "に", "が", "と", "で", "も", "から", "まで", "です。", "ます。", "した、", "ください。\r\n"
    };

    private final Random random = new Random(42);
    private final String[] english = new String[ENGLISH_WORDS];
    private final String[] japanese = new String[JAPANESE_WORDS];
    private final double[] shares = shares();

    private SearchBench() {
        for (int i = 0; i < english.length; i++) english[i] = englishWord(i);
        for (int i = 0; i < japanese.length; i++) japanese[i] = japaneseWord();
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 2) {
            System.err.println("usage: SearchBench FOLDER COUNT");
            System.exit(2);
        }
        Path folder = Path.of(arguments[0]);
        int count = Integer.parseInt(arguments[1]);
        SearchBench bench = new SearchBench();
        try (Store store = Store.open(folder, InstantSource.system())) {
            if (store.boxes(ACCOUNT).usage().messages() < count) bench.fill(store, count);
            bench.measure(store, folder.resolve("search"), count);
        }
    }

    private String englishWord(int i) {
        StringBuilder word = new StringBuilder();
        int length = 2 + random.nextInt(4) + (i > 200 ? random.nextInt(5) : 0);
        while (word.length() < length) {
            word.append("bcdfghklmnprstvw".charAt(random.nextInt(16)));
            word.append("aeiou".charAt(random.nextInt(5)));
        }
        return word.toString();
    }

    /// Mostly two kanji of the 2,000 that are written most, which lie here and there in Unicode.
    private String japaneseWord() {
        StringBuilder word = new StringBuilder();
        int kind = random.nextInt(10);
        int length = kind < 6 ? 2 : kind == 6 ? 1 : 3 + random.nextInt(3);
        for (int i = 0; i < length; i++) {
            if (kind >= 8) word.append((char) (0x30A2 + random.nextInt(80)));
            else if (kind == 7) word.append((char) (0x3042 + random.nextInt(80)));
            else word.append((char) (0x4E00 + (int) (random.nextDouble() * 2000) * 10));
        }
        return word.toString();
    }

    private static double[] shares() {
        double[] shares = new double[ENGLISH_WORDS];
        double sum = 0;
        for (int i = 0; i < shares.length; i++) shares[i] = sum += 1.0 / (i + 2);
        return shares;
    }

    private String pick(String[] words) {
        double at = random.nextDouble() * shares[words.length - 1];
        int i = Arrays.binarySearch(shares, at);
        return words[Math.min(words.length - 1, i < 0 ? -i - 1 : i)];
    }

    private void fill(Store store, int count) throws Exception {
        long began = System.nanoTime();
        for (int done = 0; done < count; done += GROUP) {
            try (Change change = store.change(List.of(ACCOUNT))) {
                int inbox = change.mailbox(ACCOUNT, Role.INBOX);
                for (int i = done; i < Math.min(count, done + GROUP); i++) {
                    change.add(ACCOUNT, inbox, email(store, i));
                }
                change.commit();
            }
        }
        System.out.printf("filled in %.1f s%n", (System.nanoTime() - began) / 1e9);
    }

    private NewEmail email(Store store, int number) throws IOException {
        boolean isJapanese = number % 3 == 0;
        StringBuilder text = new StringBuilder(TEXT_OCTETS + 100);
        int octets = 0;
        int line = 0;
        while (octets < TEXT_OCTETS) {
            String word = pick(isJapanese ? japanese : english);
            String end = isJapanese ? PARTICLES[random.nextInt(PARTICLES.length)] : " ";
            if (++line % 12 == 0) end += "\r\n";
            text.append(word).append(end);
            octets += (isJapanese ? 3 : 1) * (word.length() + end.length());
        }
        if (number % 1000 == 7) text.append(isJapanese ? "特別請求書番号" : "a rare walrus appears");
        String subject =
                isJapanese
                        ? "=?utf-8?B?" + base64(pick(japanese) + "の" + pick(japanese), false) + "?="
                        : pick(english) + " " + pick(english);
        StringBuilder out = new StringBuilder(16_000);
        out.append("Received: from mx").append(random.nextInt(50)).append(".example.net by mail");
        out.append(".example.com with ESMTPS id ").append(Long.toHexString(random.nextLong()));
        out.append("\r\nFrom: ").append(pick(english)).append(" <u").append(random.nextInt(500));
        out.append("@example.org>\r\nTo: Ann <ann@example.com>\r\nSubject: ").append(subject);
        out.append("\r\nMessage-ID: <").append(Long.toHexString(random.nextLong()));
        out.append(
                "@example.org>\r\nDate: Wed, 25 Nov 2026 10:00:00 +0900\r\nMIME-Version: 1.0\r\n");
        out.append("Content-Type: text/plain; charset=utf-8\r\n");
        if (isJapanese) {
            out.append("Content-Transfer-Encoding: base64\r\n\r\n");
            out.append(base64(text.toString(), true));
        } else {
            out.append("\r\n").append(text);
        }
        byte[] bytes = out.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
        Upload upload = store.blobs().upload(1);
        upload.write(bytes, 0, bytes.length);
        return new NewEmail(
                upload.finish(), Message.parse(bytes), new byte[0], 0, 1_764_000_000_000L, 540);
    }

    private static String base64(String text, boolean lines) {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        return (lines ? Base64.getMimeEncoder() : Base64.getEncoder()).encodeToString(octets);
    }

    private void measure(Store store, Path index, int count) throws Exception {
        long began = System.nanoTime();
        boolean fresh = !Files.exists(index);
        Catalogue catalogue = Catalogue.of(store, index);
        catalogue.start();
        if (fresh) {
            ask(catalogue, "while indexing", Wanted.in(Field.ANYWHERE, "walrus"));
        }
        while (!catalogue.isCaughtUp(ACCOUNT)) Thread.sleep(20);
        double seconds = (System.nanoTime() - began) / 1e9;
        if (fresh) System.out.printf("indexed in %.1f s, %,.0f/s%n", seconds, count / seconds);
        catalogue.close();
        long octets = 0;
        int files = 0;
        try (Stream<Path> all = Files.list(index)) {
            for (Path file : (Iterable<Path>) all::iterator) {
                octets += Files.size(file);
                files++;
            }
        }
        System.out.printf(
                "index %,d MB in %d files, %.0f %% of the text%n",
                octets >> 20, files, 100.0 * octets / ((double) count * TEXT_OCTETS));
        catalogue = Catalogue.of(store, index);
        catalogue.start();
        while (!catalogue.isCaughtUp(ACCOUNT)) Thread.sleep(1);
        String common = japanese[0] + japanese[1];
        for (int round = 0; round < 3; round++) {
            System.out.println("round " + (round + 1));
            ask(catalogue, "rare word", Wanted.in(Field.ANYWHERE, "walrus"));
            ask(catalogue, "common word", Wanted.in(Field.ANYWHERE, english[3]));
            ask(catalogue, "two words", Wanted.in(Field.BODY, english[300] + " " + english[500]));
            ask(catalogue, "phrase", Wanted.in(Field.BODY, "\"rare walrus appears\""));
            ask(
                    catalogue,
                    "common phrase",
                    Wanted.in(Field.BODY, "\"" + english[2] + " " + english[5] + "\""));
            ask(catalogue, "beginning", Wanted.in(Field.ANYWHERE, english[900].substring(0, 3)));
            ask(catalogue, "Japanese, rare", Wanted.in(Field.ANYWHERE, "請求書番号"));
            ask(catalogue, "Japanese, word", Wanted.in(Field.ANYWHERE, japanese[40]));
            ask(catalogue, "Japanese, four", Wanted.in(Field.ANYWHERE, common));
            ask(catalogue, "one character", Wanted.in(Field.ANYWHERE, japanese[0].substring(0, 1)));
            ask(catalogue, "one kana", Wanted.in(Field.ANYWHERE, "の"));
            ask(catalogue, "from", Wanted.in(Field.FROM, "u77@example.org"));
            ask(catalogue, "header", Wanted.header("received", "mx7.example.net"));
            long start = System.nanoTime();
            int n =
                    catalogue
                            .candidates(ACCOUNT, Catalogue.Scope.MESSAGE, "are walru")
                            .map(found -> found.emails().length)
                            .orElse(-1);
            tell("substring", n, start);
            start = System.nanoTime();
            tell(
                    "best 20",
                    catalogue.best(ACCOUNT, Field.ANYWHERE, japanese[40], 20).length,
                    start);
        }
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        System.out.printf(
                "heap in use %,d MB%n", (runtime.totalMemory() - runtime.freeMemory()) >> 20);
        catalogue.close();
    }

    private static void ask(Catalogue catalogue, String what, Wanted wanted) throws IOException {
        long start = System.nanoTime();
        Found found = catalogue.find(ACCOUNT, wanted, Duration.ofMinutes(1));
        tell(what + (found.complete() ? "" : " (not complete)"), found.count(), start);
    }

    private static void tell(String what, int count, long start) {
        System.out.printf(
                "  %-28s %,8d  %8.1f ms%n", what, count, (System.nanoTime() - start) / 1e6);
    }
}
