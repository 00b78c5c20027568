package yubin.directory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/// The sessions that are logged in, by account, so that revoking a credential ends them.
final class Registered {
    private final Map<Long, Set<Entry>> byAccount = new ConcurrentHashMap<>();

    private final class Entry implements Directory.Registration {
        final Login login;
        final Runnable end;
        final AtomicBoolean ended = new AtomicBoolean();

        Entry(Login login, Runnable end) {
            this.login = login;
            this.end = end;
        }

        void end() {
            if (ended.compareAndSet(false, true)) Thread.ofVirtual().start(end);
        }

        @Override
        public void close() {
            ended.set(true);
            byAccount.computeIfPresent(
                    login.account().value(),
                    (account, entries) -> {
                        entries.remove(this);
                        return entries.isEmpty() ? null : entries;
                    });
        }
    }

    /// Null when the account has `most` sessions already.
    ///
    /// @param most sessions of the account at the same time; 0 for any number
    /// @param good whether the login still holds, asked after the session can be found
    Directory.Registration add(Login login, int most, Runnable end, Predicate<Login> good) {
        Entry entry = new Entry(login, end);
        byAccount.compute(
                login.account().value(),
                (account, entries) -> {
                    if (most > 0 && entries != null && entries.size() >= most) {
                        entry.ended.set(true);
                        return entries;
                    }
                    Set<Entry> grown = entries == null ? ConcurrentHashMap.newKeySet() : entries;
                    grown.add(entry);
                    return grown;
                });
        if (entry.ended.get()) return null;
        if (!good.test(login)) entry.end();
        return entry;
    }

    /// Ends the sessions of an account that no longer are good.
    void revoke(long account, Predicate<Login> good) {
        Set<Entry> entries = byAccount.get(account);
        if (entries == null) return;
        List<Entry> bad = new ArrayList<>();
        for (Entry entry : entries) if (!good.test(entry.login)) bad.add(entry);
        bad.forEach(Entry::end);
    }

    int count(long account) {
        Set<Entry> entries = byAccount.get(account);
        return entries == null ? 0 : entries.size();
    }
}
