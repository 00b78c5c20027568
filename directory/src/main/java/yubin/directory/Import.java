package yubin.directory;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import yubin.store.Batch;
import yubin.store.StoreTrouble;

/// One import of accounts from CSV.
///
/// Lines are taken in chunks. Within a chunk all passwords in the clear are hashed on all cores,
/// then its accounts are one commit. Lines that are refused are named and left out.
final class Import {
    private static final int CHUNK_LINES = 500;

    /// Hashes that a chunk may wait for, so that progress is told often and logins get their turn.
    private static final int CHUNK_HASHES = 32;

    private static final List<String> COLUMNS = List.of("address", "password", "name", "quota");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,18})\\s*([KMGkmg])?[Bb]?");

    private final Administration administration;
    private final HashPool pool;
    private final boolean update;
    private final Consumer<Administration.BadLine> bad;
    private final Consumer<Administration.Progress> progress;
    private final List<Administration.BadLine> named = new ArrayList<>();
    private int lines;
    private int added;
    private int updated;
    private int refused;

    /// A line on its way in.
    private record Line(
            int number,
            String address,
            String name,
            String quota,
            boolean hasPassword,
            CompletableFuture<Administration.Secret> secret) {}

    Import(
            Administration administration,
            HashPool pool,
            boolean update,
            Consumer<Administration.BadLine> bad,
            Consumer<Administration.Progress> progress) {
        this.administration = administration;
        this.pool = pool;
        this.update = update;
        this.bad = bad;
        this.progress = progress;
    }

    Administration.Progress read(BufferedReader in) throws IOException {
        Csv csv = new Csv(in);
        Csv.Row header = csv.next();
        int[] columns = header == null ? null : columns(header);
        if (columns == null) {
            refuse(1, "the header must be address,password,name,quota");
            nameThem();
            return now();
        }
        List<Line> chunk = new ArrayList<>();
        int hashes = 0;
        for (Csv.Row row = csv.next(); row != null; row = csv.next()) {
            lines++;
            Optional<Line> line = line(row, columns, header.fields().size());
            if (line.isEmpty()) continue;
            chunk.add(line.get());
            if (!line.get().secret().isDone()) hashes++;
            if (chunk.size() == CHUNK_LINES || hashes == CHUNK_HASHES) {
                write(chunk);
                chunk.clear();
                hashes = 0;
            }
        }
        write(chunk);
        nameThem();
        return now();
    }

    /// Names the refused lines in their order.
    private void nameThem() {
        named.sort(Comparator.comparingInt(Administration.BadLine::line));
        named.forEach(bad);
        named.clear();
    }

    private Administration.Progress now() {
        return new Administration.Progress(lines, added, updated, refused);
    }

    private void refuse(int line, String text) {
        refused++;
        named.add(new Administration.BadLine(line, text));
    }

    /// Where each of [#COLUMNS] is, -1 for absent; null when the header is none of ours.
    private static int[] columns(Csv.Row header) {
        if (header.problem() != null) return null;
        int[] columns = {-1, -1, -1, -1};
        for (int i = 0; i < header.fields().size(); i++) {
            String name = header.fields().get(i).strip().toLowerCase(Locale.ROOT);
            int column = COLUMNS.indexOf(name);
            if (column < 0 || columns[column] >= 0) return null;
            columns[column] = i;
        }
        return columns[0] < 0 ? null : columns;
    }

    private Optional<Line> line(Csv.Row row, int[] columns, int width) {
        if (row.problem() != null) {
            refuse(row.line(), row.problem());
            return Optional.empty();
        }
        if (row.fields().size() > width) {
            refuse(row.line(), "more fields than the header has");
            return Optional.empty();
        }
        String password = field(row, columns[1]);
        CompletableFuture<Administration.Secret> secret;
        try {
            Optional<Administration.Secret> given =
                    Administration.givenSecret(password.isEmpty() ? null : password);
            secret =
                    given.isPresent()
                            ? CompletableFuture.completedFuture(given.get())
                            : pool.begin(
                                    () -> Administration.hashed(Administration.plain(password)));
        } catch (Administration.Refusal refusal) {
            refuse(row.line(), refusal.getMessage());
            return Optional.empty();
        }
        return Optional.of(
                new Line(
                        row.line(),
                        field(row, columns[0]),
                        field(row, columns[2]),
                        field(row, columns[3]),
                        !password.isEmpty(),
                        secret));
    }

    private static String field(Csv.Row row, int column) {
        return column < 0 || column >= row.fields().size() ? "" : row.fields().get(column).strip();
    }

    private void write(List<Line> chunk) {
        if (chunk.isEmpty()) return;
        for (Line line : chunk) line.secret().join();
        administration.locked(() -> writeLocked(chunk));
        nameThem();
        progress.accept(now());
    }

    private void writeLocked(List<Line> chunk) {
        Batch batch = new Batch(chunk.size() * 512);
        List<Line> going = new ArrayList<>();
        List<Account> accounts = new ArrayList<>();
        List<Account> changed = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Line line : chunk) {
            try {
                Account account = add(batch, line, seen, changed);
                accounts.add(account);
                going.add(line);
            } catch (Administration.Refusal refusal) {
                refuse(line.number(), refusal.getMessage());
            } catch (IOException trouble) {
                refuse(line.number(), trouble.getMessage());
            }
        }
        if (going.isEmpty()) return;
        try {
            administration.commit(batch);
        } catch (StoreTrouble trouble) {
            for (Line line : going) refuse(line.number(), "not stored: " + trouble.getMessage());
            return;
        }
        added += going.size() - changed.size();
        updated += changed.size();
        for (Account account : accounts) administration.forget(account);
        for (Account account : changed) administration.credentialChanged(account.id());
    }

    /// Puts the rows of one line into the batch; nothing of it when it throws.
    private Account add(Batch batch, Line line, Set<String> seen, List<Account> changed)
            throws Administration.Refusal, IOException {
        long quota = quota(line.quota());
        Optional<Cached.Person> existing = administration.existing(line.address());
        if (existing.isPresent()) {
            Account old = existing.get().account();
            if (!update) throw Administration.Refusal.exists(old.address() + " exists");
            if (!seen.add(old.address().key())) {
                throw Administration.Refusal.exists(old.address() + " is in the file twice");
            }
            Account now =
                    Administration.with(
                            old,
                            old.address(),
                            line.name().isEmpty() ? old.name() : Administration.name(line.name()),
                            line.quota().isEmpty() ? old.quotaOctets() : quota,
                            old.enabled(),
                            old.language());
            batch.put(Rows.accountKey(old.id()), Rows.account(now, null));
            if (line.hasPassword()) {
                administration.putPassword(
                        batch,
                        old,
                        line.secret().join(),
                        administration.nextVersion(existing.get()));
            }
            changed.add(old);
            return old;
        }
        Account account =
                administration.prepare(
                        new Administration.NewAccount(
                                line.address(),
                                null,
                                line.name(),
                                quota,
                                false,
                                Account.Type.PERSON,
                                null));
        if (!seen.add(account.address().key())) {
            throw Administration.Refusal.exists(account.address() + " is in the file twice");
        }
        administration.add(batch, account, line.secret().join(), false);
        return account;
    }

    /// `5G`, `500M`, `1000`; empty for none. K, M and G are powers of 1024.
    static long quota(String text) throws Administration.Refusal {
        if (text.isEmpty()) return Long.MAX_VALUE;
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            throw Administration.Refusal.bad("'" + text + "' is not a size such as 5G or 500M");
        }
        long unit =
                switch (size.group(2) == null ? "" : size.group(2).toUpperCase(Locale.ROOT)) {
                    case "K" -> 1L << 10;
                    case "M" -> 1L << 20;
                    case "G" -> 1L << 30;
                    default -> 1;
                };
        try {
            return Math.multiplyExact(Long.parseLong(size.group(1)), unit);
        } catch (ArithmeticException e) {
            throw Administration.Refusal.bad("'" + text + "' is too much");
        }
    }
}
