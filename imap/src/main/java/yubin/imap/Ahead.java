package yubin.imap;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import yubin.store.Boxes;
import yubin.store.StoreTrouble;

/// Reads messages from the store while the session writes those before them to its client.
///
/// A FETCH of many whole messages waits by turns for the store and for the socket; with a second
/// thread it waits for one of them only. Messages go over in handfuls, so that the two threads
/// seldom wake each other. At most [#HANDFULS] and one in each hand are in memory: about 1 MiB.
/// What is large, gone or damaged is left to the session itself.
final class Ahead implements AutoCloseable {
    /// Fewer messages than this are not worth a thread.
    static final int MESSAGES_MIN = 16;

    private static final int MESSAGE_OCTETS_MAX = 64 * 1024;
    private static final int HANDFUL_OCTETS = 192 * 1024;
    private static final int HANDFULS = 2;

    /// @param octets of the whole message
    private record Read(int index, byte[] octets) {}

    private final Boxes boxes;
    private final Rows rows;
    private final Known known;
    private final ArrayBlockingQueue<List<Read>> handfuls = new ArrayBlockingQueue<>(HANDFULS);
    private final Thread thread;

    // The session's side.
    private Queue<Read> inHand = new ArrayDeque<>();
    private boolean over;

    Ahead(Boxes boxes, Rows rows, Known known, int[] pairs, long changedSince) {
        this.boxes = boxes;
        this.rows = rows;
        this.known = known;
        thread = Thread.ofVirtual().name("ahead").start(() -> run(pairs, changedSince));
    }

    private void run(int[] pairs, long changedSince) {
        try {
            List<Read> handful = new ArrayList<>();
            int octets = 0;
            for (int i = 0; i < pairs.length; i += 2) {
                for (int index = pairs[i]; index < pairs[i + 1]; index++) {
                    if (changedSince >= 0 && known.modSeq(index) <= changedSince) continue;
                    Read read = read(index);
                    if (read == null) continue;
                    handful.add(read);
                    octets += read.octets().length + 64;
                    if (octets < HANDFUL_OCTETS) continue;
                    handfuls.put(handful);
                    handful = new ArrayList<>();
                    octets = 0;
                }
            }
            if (!handful.isEmpty()) handfuls.put(handful);
            handfuls.put(List.of());
        } catch (InterruptedException e) {
            // The session wants no more.
        }
    }

    private Read read(int index) {
        int at = known.inNow(index);
        if (at < 0 || known.now().size(at) > MESSAGE_OCTETS_MAX) return null;
        try {
            Rows.Row row = rows.row(boxes, known.now().emailId(at));
            if (row == null) return null;
            int size = (int) row.email().size();
            byte[] octets = boxes.read(row.email(), 0, size);
            return octets.length == size ? new Read(index, octets) : null;
        } catch (StoreTrouble | RuntimeException e) {
            // The session meets the same trouble, and says so.
            return null;
        }
    }

    /// The octets of the message at `index`, null when they were not read ahead. Asked in ascending
    /// order.
    byte[] octets(int index) {
        while (true) {
            Read next = inHand.peek();
            if (next != null) {
                if (next.index() > index) return null;
                inHand.poll();
                if (next.index() == index) return next.octets();
                continue;
            }
            if (over) return null;
            try {
                List<Read> handful = handfuls.take();
                over = handful.isEmpty();
                inHand = new ArrayDeque<>(handful);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                over = true;
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
