package yubin.search;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import yubin.ledger.Counters;
import yubin.mime.Part;

/// Reads the text of PDF files, in a process of its own.
///
/// A few kilobytes of PDF can unpack to gigabytes or loop for ever, and a post office must survive
/// any letter. So the files go to a small JVM ([PdfProcess]) whose heap is bounded and that is
/// ended when a file takes too long; the next file gets a new one. It ends by itself when nothing
/// comes for a while, and with this process.
final class PdfReader implements AutoCloseable {
    /// Octets of a file, decoded.
    static final int FILE_OCTETS_MAX = 12 << 20;

    /// What one file may cost.
    ///
    /// @param time from the handing over of the file to its text, the start of a process included
    /// @param heapMegabytes of the process
    record Bounds(Duration time, int heapMegabytes) {}

    private static final Bounds BOUNDS = new Bounds(Duration.ofSeconds(10), 160);

    private static final Counters.Counter READ = Counters.of("search.pdf-read");
    private static final Counters.Counter UNREAD = Counters.of("search.pdf-unread");

    private final Bounds bounds;
    private final ReentrantLock lock = new ReentrantLock(); // one file at a time
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("pdf-clock").daemon().factory());
    private volatile Process process; // written under lock
    private volatile boolean closed;

    PdfReader() {
        this(BOUNDS);
    }

    PdfReader(Bounds bounds) {
        this.bounds = bounds;
    }

    static boolean isPdf(Part part) {
        if (part.isMultipart() || part.isMessage()) return false;
        if (part.mediaType().equals("application/pdf")) return true;
        if (!part.mediaType().equals("application/octet-stream")) return false;
        String name = part.filename();
        return name != null && name.toLowerCase(Locale.ROOT).endsWith(".pdf");
    }

    /// Empty when there is none, or it cannot be had within the bounds.
    String text(byte[] file) {
        if (file.length == 0 || file.length > FILE_OCTETS_MAX) {
            UNREAD.increment();
            return "";
        }
        lock.lock();
        try {
            String text = askWithinTime(file);
            READ.increment();
            return text;
        } catch (IOException e) {
            UNREAD.increment();
            end();
            return "";
        } finally {
            lock.unlock();
        }
    }

    private String askWithinTime(byte[] file) throws IOException {
        if (closed) throw new IOException("closed");
        if (process == null || !process.isAlive()) process = start();
        Process asked = process;
        ScheduledFuture<?> late =
                clock.schedule(
                        asked::destroyForcibly, bounds.time.toMillis(), TimeUnit.MILLISECONDS);
        try {
            return ask(asked, file);
        } finally {
            late.cancel(false);
        }
    }

    private static String ask(Process asked, byte[] file) throws IOException {
        DataOutputStream out = new DataOutputStream(asked.getOutputStream());
        out.writeInt(file.length);
        out.write(file);
        out.flush();
        DataInputStream in = new DataInputStream(asked.getInputStream());
        int length = in.readInt();
        if (length < 0 || length > 4 * PdfProcess.CHARS_MAX) throw new IOException("no text");
        byte[] text = in.readNBytes(length);
        if (text.length < length) throw new IOException("cut short");
        return new String(text, StandardCharsets.UTF_8);
    }

    private Process start() throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new ProcessBuilder(
                        List.of(
                                java.toString(),
                                "-Xmx" + bounds.heapMegabytes + "m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:-UsePerfData",
                                "-Xshare:auto",
                                "-Djava.awt.headless=true",
                                "-cp",
                                System.getProperty("java.class.path"),
                                PdfProcess.class.getName()))
                .redirectError(Redirect.DISCARD)
                .start();
    }

    /// The process that the next file goes to, null when there is none. For tests.
    Process process() {
        return process;
    }

    private void end() {
        if (process != null) process.destroyForcibly();
        process = null;
    }

    @Override
    public void close() {
        closed = true;
        clock.shutdownNow();
        // Not under the lock: whoever waits for a file gets its end this way.
        Process last = process;
        if (last != null) last.destroyForcibly();
    }
}
