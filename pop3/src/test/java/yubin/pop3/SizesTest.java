package yubin.pop3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import yubin.mail.AccountId;
import yubin.store.Boxes;
import yubin.store.Role;

/// LIST and STAT say how many octets RETR sends, whatever the message looks like.
@Timeout(60)
class SizesTest {
    @TempDir Path folder;

    private static final List<String> ODD =
            List.of(
                    "Subject: all LF\n\none\n.two\n\nthree\n",
                    "Subject: no end\r\n\r\nlast line",
                    "Subject: half an end\r\n\r\nlast line\r",
                    "Subject: LF at last\r\n\r\nlast line\n",
                    "Subject: CR alone\r\n\r\na\rb\r\rc\r\n",
                    "Subject: 会議\r\nFrom: 花子 <花子@例え.jp>\r\n\r\n本文\r\n",
                    "Subject: 会議\nTo: 太郎 <taro@example.com>\n\n本文\n.\n",
                    "Subject: 会議の件",
                    "Subject: 会議の件\r\n",
                    "no header at all",
                    "\n",
                    "\r\n.\r\n");

    @Test
    void theSizesAreThoseOfWhatIsSent() throws Exception {
        long seed = System.nanoTime();
        System.out.println("SizesTest seed " + seed);
        Random random = new Random(seed);
        List<String> messages = new ArrayList<>(ODD);
        String[] pieces = {"\r\n", "\n", "\r", ".", "a", "あ", "Subject: ", ": ", " ", "x@y.jp"};
        for (int i = 0; i < 80; i++) {
            StringBuilder message = new StringBuilder("S: 1\r\n".substring(random.nextInt(6)));
            for (int n = random.nextInt(30); n > 0; n--) {
                message.append(pieces[random.nextInt(pieces.length)]);
            }
            messages.add(message.append('x').toString());
        }
        messages.add("Subject: long\r\n\r\n" + "line\n".repeat(100_000));
        try (Window window = new Window(folder, Pop3.Plaintext.LOOPBACK)) {
            AccountId account = window.account("ann@example.com");
            for (String message : messages) window.deliver(account, message);
            for (boolean utf8 : new boolean[] {false, true}) check(window, utf8, messages.size());
        }
    }

    private static void check(Window window, boolean utf8, int count) throws Exception {
        try (Window.Talk talk = window.talk("127.0.0.1")) {
            if (utf8) talk.plays("C: UTF8\nS: +OK");
            talk.plays("C: USER ann\nS: +OK\nC: PASS secret\nS: +OK *");
            long[] sizes = new long[count + 1];
            long all = 0;
            talk.plays("C: LIST\nS: +OK *");
            for (int i = 1; i <= count; i++) {
                String[] words = talk.hears().split(" ");
                assertEquals(i, Integer.parseInt(words[0]));
                sizes[i] = Long.parseLong(words[1]);
                all += sizes[i];
            }
            talk.plays("S: .\nC: STAT\nS: +OK " + count + " " + all);
            for (int i = 1; i <= count; i++) {
                talk.plays("C: RETR " + i + "\nS: +OK " + sizes[i] + " octets");
                String sent = multiLine(talk);
                String what = (utf8 ? "with" : "without") + " UTF8, message " + i + ":\n" + sent;
                int octets = sent.getBytes(StandardCharsets.ISO_8859_1).length;
                assertEquals(sizes[i], octets, what.substring(0, Math.min(500, what.length())));
                talk.plays("C: LIST " + i + "\nS: +OK " + i + " " + sizes[i]);
            }
            talk.plays(
                    "C: DELE 1\nS: +OK\nC: STAT\nS: +OK " + (count - 1) + " " + (all - sizes[1]));
        }
    }

    /// A multi-line response with its dots taken out, an octet a character.
    private static String multiLine(Window.Talk talk) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] octet = new byte[1];
        int end = 0; // octets of CRLF . CRLF seen; a response may begin with the dot
        String ending = "\r\n.\r\n";
        end = 2;
        while (end < ending.length()) {
            talk.wire().readFully(octet, 0, 1);
            all.write(octet[0]);
            char c = (char) octet[0];
            if (c == ending.charAt(end)) end++;
            else end = c == '\r' ? 1 : 0;
        }
        String text = all.toString(StandardCharsets.ISO_8859_1);
        text = "\r\n" + text.substring(0, text.length() - 3);
        return text.replace("\r\n..", "\r\n.").substring(2);
    }

    @Test
    void aCopyAndAMovedMessageKeepTheirSizes() throws Exception {
        try (Window window = new Window(folder, Pop3.Plaintext.LOOPBACK)) {
            AccountId account = window.account("ann@example.com");
            window.deliver(account, "Subject: LF\n\nbody\n");
            Boxes boxes = window.store.boxes(account);
            int inbox = boxes.role(Role.INBOX).orElseThrow().id();
            int other = boxes.create("other", null).id();
            boxes.copy(inbox, null, other, Long.MAX_VALUE);
            boxes.move(inbox, null, other);
            boxes.copy(other, null, inbox, Long.MAX_VALUE);
            try (Window.Talk talk = window.login("ann")) {
                talk.plays("C: STAT\nS: +OK 2 76");
            }
            assertTrue(boxes.irregular().size() >= 3);
        }
    }
}
