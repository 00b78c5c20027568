package yubin.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.databind.node.ObjectNode;
import yubin.jmap.Jmap;
import yubin.jmap.Watch;

/// The EventSource: news of changes, one event each, for as long as the client listens. RFC 8620
/// §7.3.
final class Events implements HttpService {
    static final String PATH = "/jmap/eventsource";

    private static final int PING_SECONDS_MIN = 5;
    private static final int PING_SECONDS_MAX = 300;

    /// Something is written at least this often, so that a listener who has gone is noticed.
    private static final Duration SILENCE_MAX = Duration.ofSeconds(60);

    private static final int TYPES_MAX = 100;

    private final Askers askers;
    private final Jmap jmap;
    private final Waiting waiting;

    Events(Askers askers, Jmap jmap, Waiting waiting) {
        this.askers = askers;
        this.jmap = jmap;
        this.waiting = waiting;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get(PATH, this::listen);
    }

    private void listen(ServerRequest request, ServerResponse response)
            throws IOException, InterruptedException, Problem {
        Askers.Asker asker = askers.ask(request);
        Set<String> types = types(request.query().first("types").orElse("*"));
        boolean once = closesAfterState(request);
        int ping = ping(request);
        AtomicBoolean ended = new AtomicBoolean();
        try (Watch watch = jmap.watch(asker.login(), types);
                Waiting.Guest _ = waiting.admit(asker, ending(watch, ended))) {
            response.header(HeaderNames.CONTENT_TYPE, "text/event-stream");
            response.header(HeaderNames.CACHE_CONTROL, "no-store");
            try (OutputStream out = response.outputStream()) {
                tell(watch, ended, once, ping, out);
            }
        }
    }

    private static Runnable ending(Watch watch, AtomicBoolean ended) {
        return () -> {
            ended.set(true);
            watch.close();
        };
    }

    private static void tell(
            Watch watch, AtomicBoolean ended, boolean once, int ping, OutputStream out)
            throws IOException, InterruptedException {
        say(out, ": here\n\n");
        Duration interval = ping == 0 ? SILENCE_MAX : Duration.ofSeconds(ping);
        long pingDue = System.nanoTime() + interval.toNanos();
        while (!ended.get()) {
            Duration left = Duration.ofNanos(Math.max(0, pingDue - System.nanoTime()));
            ObjectNode change = watch.next(left.compareTo(SILENCE_MAX) < 0 ? left : SILENCE_MAX);
            if (change != null) {
                say(out, "event: state\ndata: " + change + "\n\n");
                if (once) return;
            } else if (!ended.get()) {
                boolean due = ping > 0 && System.nanoTime() - pingDue >= 0;
                say(out, due ? "event: ping\ndata: {\"interval\":" + ping + "}\n\n" : ":\n\n");
                if (due || ping == 0) pingDue = System.nanoTime() + interval.toNanos();
            }
        }
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /// Null for all.
    private static Set<String> types(String list) throws Problem {
        if (list.equals("*")) return null;
        String[] names = list.split(",");
        if (names.length > TYPES_MAX) throw Problem.of(400, "types", "too many types");
        return new TreeSet<>(Arrays.asList(names));
    }

    private static boolean closesAfterState(ServerRequest request) throws Problem {
        return switch (request.query().first("closeafter").orElse("no")) {
            case "state" -> true;
            case "no" -> false;
            default -> throw Problem.of(400, "closeafter", "closeafter is \"state\" or \"no\"");
        };
    }

    /// Seconds, 0 for none; within our bounds, which the event tells.
    private static int ping(ServerRequest request) throws Problem {
        String text = request.query().first("ping").orElse("0");
        if (!text.matches("[0-9]{1,9}")) throw Problem.of(400, "ping", "ping is a number");
        int seconds = Integer.parseInt(text);
        return seconds == 0 ? 0 : Math.clamp(seconds, PING_SECONDS_MIN, PING_SECONDS_MAX);
    }
}
