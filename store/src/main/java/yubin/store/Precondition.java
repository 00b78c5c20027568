package yubin.store;

import java.io.IOException;

/// That an account is still as it was looked at: asked under the account's lock, by the first
/// change that the work makes in it, whatever way it takes. JMAP's `ifInState`, RFC 8620 §5.3.
///
/// Once the work has committed something itself, it is asked no more.
public final class Precondition {
    private static final ScopedValue<Precondition> ASKED = ScopedValue.newInstance();

    private final Boxes boxes;
    private final long modSeq;
    private boolean met;
    private boolean failed; // told here, since whoever made the change may have caught it

    /// What is done under the precondition, in one thread.
    @FunctionalInterface
    public interface Work {
        void run() throws IOException;
    }

    private Precondition(Boxes boxes, long modSeq) {
        this.boxes = boxes;
        this.modSeq = modSeq;
    }

    /// @param modSeq [Boxes#modSeq] as it was looked at
    /// @throws StoreTrouble.Changed when it is another one now; then the work changed nothing
    public static void during(Boxes boxes, long modSeq, Work work) throws IOException {
        Precondition asked = new Precondition(boxes, modSeq);
        ScopedValue.where(ASKED, asked)
                .call(
                        () -> {
                            work.run();
                            return null;
                        });
        if (asked.failed) throw changed();
    }

    /// A change begins; the account is locked, and its state the newest that is prepared.
    static void check(Boxes boxes) throws StoreTrouble.Changed {
        if (!ASKED.isBound()) return;
        Precondition asked = ASKED.get();
        if (asked.boxes != boxes || asked.met) return;
        if (boxes.state().modSeq != asked.modSeq) {
            asked.failed = true;
            throw changed();
        }
    }

    private static StoreTrouble.Changed changed() {
        return new StoreTrouble.Changed("the account was changed meanwhile");
    }

    /// A change of the account is on disk.
    static void committed(Boxes boxes) {
        if (ASKED.isBound() && ASKED.get().boxes == boxes) ASKED.get().met = true;
    }
}
