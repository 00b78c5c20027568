package yubin.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import yubin.assist.BounceReader;

/// How long the clerk takes to read an error mail: real ones, and some that were made to take long.
///
/// Arguments: a folder of messages (`../shared/data/bounces/messages`), or nothing. Prints the
/// median and the slowest of the runs after warming up, in milliseconds.
public final class ErrorMailSpeed {
    private static final int WARM = 60;
    private static final int RUNS = 15;

    private ErrorMailSpeed() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length > 0) real(Path.of(arguments[0]));
        hostile().forEach((name, octets) -> measure(name, octets));
    }

    private static void real(Path folder) throws IOException {
        Map<String, byte[]> messages = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                messages.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        for (int i = 0; i < 10; i++) messages.values().forEach(BounceReader::read);
        double[] times = new double[messages.size()];
        int at = 0;
        for (byte[] octets : messages.values())
            times[at++] = Arrays.stream(times(octets)).min().getAsDouble();
        Arrays.sort(times);
        System.out.printf(
                "%-44s %8.2f %8.2f ms (each message's best run)%n",
                messages.size() + " real ones", times[times.length / 2], times[times.length - 1]);
    }

    private static void measure(String name, byte[] octets) {
        for (int i = 0; i < WARM; i++) BounceReader.read(octets);
        double[] times = times(octets);
        Arrays.sort(times);
        System.out.printf(
                "%-44s %8.2f %8.2f ms, %d recipients%n",
                name, times[RUNS / 2], times[RUNS - 1], BounceReader.read(octets).bounces().size());
    }

    private static double[] times(byte[] octets) {
        double[] times = new double[RUNS];
        for (int i = 0; i < RUNS; i++) {
            long before = System.nanoTime();
            BounceReader.read(octets);
            times[i] = (System.nanoTime() - before) / 1e6;
        }
        return times;
    }

    private static Map<String, byte[]> hostile() {
        Map<String, byte[]> mails = new LinkedHashMap<>();
        mails.put("a report on 500 recipients", report(500, 1));
        mails.put("a report of 15 parts, 1000 recipients", report(1000, 15));
        mails.put(
                "774 recipients in free text",
                text(774, i -> "<user" + i + "@example.com>: 550 5.1.1 no mailbox " + i + " here"));
        mails.put(
                "2000 recipients in free text, a line each",
                text(2000, i -> "<u" + i + "@example.com>: host mx" + i + " said: 550 no " + i));
        mails.put(
                "2000 lines of 120 letters with addresses",
                text(
                        2000,
                        i -> "because a" + i + "@example.com " + "said nothing at all ".repeat(5)));
        mails.put("200 X-Failed-Recipients, 2000 lines", failed());
        mails.put("250 lines of 1000 letters", text(250, i -> "delivery to a b c ".repeat(55)));
        mails.put("a line of 60,000 letters", text(1, i -> "delivered to ".repeat(4600)));
        mails.put("32,000 lines of a letter", text(32_000, i -> "r"));
        mails.put("@ 60,000 times", text(600, i -> "@".repeat(100)));
        mails.put("a@ 30,000 times", text(600, i -> "a@".repeat(50)));
        mails.put("< 60,000 times in HTML", html("<".repeat(60_000)));
        mails.put("<a 30,000 times in HTML", html("<a@b ".repeat(12_000)));
        mails.put("codes without end", text(500, i -> "550 5.1.1 451 4.4.4 421 ".repeat(5)));
        mails.put(
                "words of the tables",
                text(500, i -> "user mailbox message is not a the ".repeat(3)));
        return mails;
    }

    private static byte[] report(int recipients, int parts) {
        StringBuilder out =
                new StringBuilder(
                        head("multipart/report; report-type=delivery-status; boundary=x"));
        out.append("--x\r\n\r\nIt could not be delivered.\r\n");
        for (int part = 0; part < parts; part++) {
            out.append("--x\r\nContent-Type: message/delivery-status\r\n\r\n");
            out.append("Reporting-MTA: dns; mx.example.com\r\n\r\n");
            for (int i = part; i < recipients; i += parts) {
                out.append("Final-Recipient: rfc822; user").append(i).append("@example.com\r\n");
                out.append(
                        "Action: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 550 the user");
                out.append(i).append("@example.com is not here, the message number ").append(i);
                out.append(" cannot be delivered to a mailbox\r\n\r\n");
            }
        }
        return octets(out.append("--x--\r\n").toString());
    }

    private static byte[] text(int lines, IntFunction<String> line) {
        String words = IntStream.range(0, lines).mapToObj(line).collect(Collectors.joining("\r\n"));
        return octets(head("text/plain") + "It could not be delivered.\r\n" + words + "\r\n");
    }

    private static byte[] failed() {
        String names =
                IntStream.range(0, 200)
                        .mapToObj(i -> "u" + i + "@example.com")
                        .collect(Collectors.joining(",\r\n "));
        byte[] text = text(2000, i -> "  u" + i + "@example.com said nothing " + i);
        return octets(
                "X-Failed-Recipients: "
                        + names
                        + "\r\n"
                        + new String(text, StandardCharsets.UTF_8));
    }

    private static byte[] html(String words) {
        return octets(head("text/html") + "<p>It could not be delivered." + words + "\r\n");
    }

    private static String head(String type) {
        return "From: MAILER-DAEMON@mx.example.com\r\nSubject: Undelivered mail\r\nMIME-Version: 1.0\r\n"
                + "Content-Type: "
                + type
                + "\r\n\r\n";
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
