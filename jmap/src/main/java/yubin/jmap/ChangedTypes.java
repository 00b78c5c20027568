package yubin.jmap;

import java.util.List;
import java.util.Set;
import yubin.store.ChangeLog;

/// Which types a stretch of the change log touches.
final class ChangedTypes implements ChangeLog.Visitor {
    static final List<String> ALL =
            List.of(
                    "Email",
                    "Mailbox",
                    "Thread",
                    "EmailDelivery",
                    "Identity",
                    "EmailSubmission",
                    "Quota");

    private final Set<String> changed;

    ChangedTypes(Set<String> changed) {
        this.changed = changed;
    }

    @Override
    public void added(int mailbox, int uid, long email) {
        changed.addAll(List.of("Email", "Mailbox", "Thread", "EmailDelivery", "Quota"));
    }

    @Override
    public void flagged(int mailbox, int uid) {
        changed.add("Email");
        changed.add("Mailbox"); // its counters
    }

    @Override
    public void removed(int mailbox, int uid, long email) {
        changed.addAll(List.of("Email", "Mailbox", "Thread", "Quota"));
    }

    @Override
    public void hidden(long email) {
        changed.addAll(List.of("Email", "Mailbox", "Thread"));
    }

    @Override
    public void shown(long email) {
        changed.addAll(List.of("Email", "Mailbox", "Thread"));
    }

    @Override
    public void mailbox(int id, int what) {
        changed.add("Mailbox");
    }

    @Override
    public void object(int type, long id, int what) {
        if (type != Objects.PUSH) changed.add(Objects.name(type)); // those have no state
    }
}
