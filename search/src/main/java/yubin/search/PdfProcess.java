package yubin.search;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Timer;
import java.util.TimerTask;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;

/// The process that [PdfReader] gives files to: length and octets come in, length and text in UTF-8
/// go out, until the input ends. Whatever goes wrong ends it.
final class PdfProcess {
    static final int PAGES_MAX = 300;
    static final int CHARS_MAX = 1 << 20;

    private static final Duration IDLE_MAX = Duration.ofSeconds(30);

    private PdfProcess() {}

    public static void main(String[] arguments) throws IOException {
        Quiet.lucene();
        DataInputStream in = new DataInputStream(System.in);
        DataOutputStream out = new DataOutputStream(System.out);
        Timer clock = new Timer(true);
        while (true) {
            TimerTask idle =
                    new TimerTask() {
                        @Override
                        public void run() {
                            Runtime.getRuntime().halt(0);
                        }
                    };
            clock.schedule(idle, IDLE_MAX.toMillis());
            int length;
            try {
                length = in.readInt();
            } catch (EOFException e) {
                return;
            }
            idle.cancel();
            byte[] file = in.readNBytes(length);
            byte[] text;
            try {
                text = text(file, PAGES_MAX, CHARS_MAX).getBytes(StandardCharsets.UTF_8);
            } catch (IOException | RuntimeException e) {
                text = new byte[0]; // no PDF, or one with a password
            } catch (OutOfMemoryError | StackOverflowError e) {
                Runtime.getRuntime().halt(3);
                return;
            }
            out.writeInt(text.length);
            out.write(text);
            out.flush();
        }
    }

    static String text(byte[] file, int pagesMax, int charsMax) throws IOException {
        StringWriter text = new StringWriter();
        try (PDDocument document = Loader.loadPDF(file)) {
            PDFTextStripper stripper = new PDFTextStripper();
            stripper.setEndPage(pagesMax);
            stripper.writeText(document, new Bounded(text, charsMax));
        } catch (Enough e) {
            return text.toString(); // as much as anybody looks through
        }
        return text.toString();
    }

    private static final class Enough extends IOException {
        private static final long serialVersionUID = 1;
    }

    /// Takes so many characters and no more.
    private static final class Bounded extends Writer {
        private final StringWriter to;
        private final int charsMax;

        Bounded(StringWriter to, int charsMax) {
            this.to = to;
            this.charsMax = charsMax;
        }

        @Override
        public void write(char[] chars, int from, int length) throws IOException {
            if (to.getBuffer().length() + length > charsMax) throw new Enough();
            to.write(chars, from, length);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
