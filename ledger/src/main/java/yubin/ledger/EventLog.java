package yubin.ledger;

import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// The one event log: what `System.Logger` of every room writes, one line an event, redacted.
///
/// ```
/// 2026-11-25T10:18:40.123Z INFO  smtp: connection 17 from 192.0.2.7: …
/// ```
public final class EventLog extends Handler {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private static final Logger ROOMS = Logger.getLogger("yubin"); // held: loggers are weak

    private final PrintStream out;

    private EventLog(PrintStream out) {
        this.out = out;
    }

    /// Sends all events from `least` up to `out`, in place of where they went before.
    public static void open(PrintStream out, System.Logger.Level least) {
        LogManager.getLogManager().reset();
        ROOMS.setLevel(
                switch (least) {
                    case ALL, TRACE -> Level.FINER;
                    case DEBUG -> Level.FINE;
                    case INFO -> Level.INFO;
                    case WARNING -> Level.WARNING;
                    case ERROR -> Level.SEVERE;
                    case OFF -> Level.OFF;
                });
        ROOMS.addHandler(new EventLog(out));
    }

    @Override
    public void publish(LogRecord record) {
        if (!isLoggable(record)) return;
        String message = record.getMessage();
        Object[] values = record.getParameters();
        if (values != null && values.length > 0) {
            for (int i = 0; i < values.length; i++) {
                message = message.replace("{" + i + "}", String.valueOf(values[i]));
            }
        }
        StringBuilder line =
                new StringBuilder(120)
                        .append(TIME.format(Instant.ofEpochMilli(record.getMillis())))
                        .append(' ')
                        .append(name(record.getLevel()))
                        .append(room(record.getLoggerName()))
                        .append(": ")
                        .append(Redaction.clean(message));
        if (record.getThrown() != null) {
            line.append(" – ").append(Redaction.clean(record.getThrown().toString()));
            int frames = 0;
            for (StackTraceElement frame : record.getThrown().getStackTrace()) {
                if (++frames > 20) break;
                line.append(System.lineSeparator()).append("    at ").append(frame);
            }
        }
        out.println(line);
    }

    private static String name(Level level) {
        int value = level.intValue();
        if (value >= Level.SEVERE.intValue()) return "ERROR ";
        if (value >= Level.WARNING.intValue()) return "WARN  ";
        return value >= Level.INFO.intValue() ? "INFO  " : "DEBUG ";
    }

    private static String room(String logger) {
        return logger != null && logger.startsWith("yubin.") ? logger.substring(6) : "java";
    }

    @Override
    public void flush() {
        out.flush();
    }

    @Override
    public void close() {
        out.flush();
    }
}
