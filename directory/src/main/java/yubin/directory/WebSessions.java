package yubin.directory;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import yubin.mail.AccountId;
import yubin.store.Batch;
import yubin.store.Committer;
import yubin.store.Keys;
import yubin.store.Keys.Family;
import yubin.store.Kind;
import yubin.store.Octets;
import yubin.store.StoreTrouble;

/// Logins of the web client, and the sessions they open.
///
/// ```
/// token        8 octets account | 32 octets at random; Base64url; only the browser has it
/// WEB_SESSION  account long, the first 16 octets of the token's SHA-256
///                                    1 | credential | its version | device | address
///                                      | created ms | used ms
/// ```
///
/// A session ends with the credential that opened it: with a new password, or a passkey that is
/// taken away.
public final class WebSessions {
    /// Of one account; the one that was used longest ago gives way.
    static final int SESSIONS_MAX = 100;

    private static final int TOKEN_OCTETS = 40;
    private static final int DEVICE_MAX = 200;
    private static final Duration USED_STEP = Duration.ofHours(1);

    private final Keys keys;
    private final Committer committer;
    private final Logins logins;
    private final SecondFactors factors;
    private final InstantSource clock;

    WebSessions(
            Keys keys,
            Committer committer,
            Logins logins,
            SecondFactors factors,
            InstantSource clock) {
        this.keys = keys;
        this.committer = committer;
        this.logins = logins;
        this.factors = factors;
        this.clock = clock;
    }

    /// What became of a login.
    public sealed interface Entry {
        record In(Login login) implements Entry {}

        /// The password is right; a code of the second factor is wanted too.
        record CodeWanted() implements Entry {}

        record CodeWrong() implements Entry {}

        record Refused(Step.Failed why) implements Entry {}
    }

    /// A session that was found again.
    public record Found(Login login, WebSession session) {}

    /// By the account's own password, and a code where there is a second factor.
    ///
    /// @param code six digits or a recovery code; null for none
    public Entry login(String name, String password, String code, Visitor visitor)
            throws IOException {
        Step.End end = logins.login(name, password, visitor, true);
        if (end instanceof Step.Failed failed) return new Entry.Refused(failed);
        Login login = ((Step.Done) end).login();
        if (login.credential() != Rows.PASSWORD) {
            return new Entry.Refused(
                    new Step.Failed(
                            Step.Why.NOT_ALLOWED,
                            "an app password opens no web session",
                            "login: " + login.address() + ": an app password for the web client"));
        }
        return switch (factors.check(login.account(), code)) {
            case NONE, RIGHT -> new Entry.In(login);
            case WANTED -> new Entry.CodeWanted();
            case WRONG -> new Entry.CodeWrong();
            case LATER ->
                    new Entry.Refused(
                            new Step.Failed(
                                    Step.Why.LATER,
                                    "too many wrong codes, try again later",
                                    "login: " + login.address() + ": too many wrong codes"));
        };
    }

    /// Opens a session and returns its token, which is kept nowhere here.
    ///
    /// @param device what the browser calls itself; null for nothing
    public String begin(Login login, String device, InetAddress from) throws IOException {
        byte[] token = new byte[TOKEN_OCTETS];
        Octets.putLong(token, 0, login.account().value());
        System.arraycopy(Passwords.random(32), 0, token, 8, 32);
        Instant now = clock.instant();
        Batch batch = new Batch();
        clean(login.account(), now, batch);
        WebSession session =
                new WebSession(
                        id(token),
                        login.account(),
                        login.credential(),
                        login.credentialVersion(),
                        device == null ? "" : cut(device),
                        from.getHostAddress(),
                        now,
                        now);
        committer.commit(batch.put(key(session.account(), session.id()), row(session)));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    /// Opens a session for who has just changed the main password: the change has ended all others.
    public Optional<String> beginAgain(AccountId account, String device, InetAddress from)
            throws IOException {
        Optional<Login> login = logins.afterChange(account);
        return login.isEmpty() ? Optional.empty() : Optional.of(begin(login.get(), device, from));
    }

    /// Adds to `batch` the end of sessions that are over, and of the oldest where there are many.
    private void clean(AccountId account, Instant now, Batch batch) throws IOException {
        List<WebSession> all = new ArrayList<>(all(account));
        all.sort(Comparator.comparing(WebSession::used));
        int left = all.size();
        for (WebSession session : all) {
            if (!session.isOver(now) && left < SESSIONS_MAX) continue;
            batch.delete(key(account, session.id()));
            left--;
        }
    }

    /// Whose token this is; empty when it is nobody's any more.
    public Optional<Found> find(String token) throws IOException {
        byte[] octets;
        try {
            if (token.length() > 64) return Optional.empty();
            octets = Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (octets.length != TOKEN_OCTETS || octets[0] < 0) return Optional.empty();
        AccountId account = new AccountId(Math.max(1, Octets.getLong(octets, 0)));
        Optional<WebSession> session = read(account, id(octets));
        Instant now = clock.instant();
        if (session.isEmpty() || session.get().isOver(now)) return Optional.empty();
        Optional<Login> login =
                logins.resume(
                        account, session.get().credential(), session.get().credentialVersion());
        if (login.isEmpty()) return Optional.empty();
        return Optional.of(new Found(login.get(), noteUse(session.get(), now)));
    }

    private WebSession noteUse(WebSession session, Instant now) {
        if (now.isBefore(session.used().plus(USED_STEP))) return session;
        WebSession used =
                new WebSession(
                        session.id(),
                        session.account(),
                        session.credential(),
                        session.credentialVersion(),
                        session.device(),
                        session.address(),
                        session.created(),
                        now);
        byte[] key = key(session.account(), session.id());
        // Not when it was ended meanwhile.
        committer.submit(new Batch().require(key, row(session)).put(key, row(used)));
        return used;
    }

    /// The sessions of an account that are open, the last used first.
    public List<WebSession> list(AccountId account) throws IOException {
        Instant now = clock.instant();
        List<WebSession> open = new ArrayList<>();
        for (WebSession session : all(account)) {
            boolean good =
                    !session.isOver(now)
                            && logins.resume(
                                            account,
                                            session.credential(),
                                            session.credentialVersion())
                                    .isPresent();
            if (good) open.add(session);
        }
        open.sort(Comparator.comparing(WebSession::used).reversed());
        return open;
    }

    /// True when there was one of this id.
    public boolean end(AccountId account, String id) throws IOException {
        if (read(account, id).isEmpty()) return false;
        committer.commit(new Batch().delete(key(account, id)));
        return true;
    }

    private List<WebSession> all(AccountId account) throws IOException {
        List<WebSession> all = new ArrayList<>();
        byte[] from = allOf(account);
        try (Keys.Cursor cursor = keys.scan(Family.RECORDS, from, Kind.after(from))) {
            while (cursor.next()) {
                byte[] key = cursor.key();
                String id = HexFormat.of().formatHex(key, 17, key.length);
                all.add(read(account, id, cursor.value()));
            }
        }
        return all;
    }

    private Optional<WebSession> read(AccountId account, String id) throws IOException {
        if (!id.matches("[0-9a-f]{32}")) return Optional.empty();
        byte[] row = keys.get(Family.RECORDS, key(account, id));
        return row == null ? Optional.empty() : Optional.of(read(account, id, row));
    }

    private static WebSession read(AccountId account, String id, byte[] row) throws StoreTrouble {
        try {
            Octets.Reader in = new Octets.Reader(row).version(1);
            WebSession session =
                    new WebSession(
                            id,
                            account,
                            in.varint(),
                            in.varint(),
                            in.text(),
                            in.text(),
                            Instant.ofEpochMilli(in.varint()),
                            Instant.ofEpochMilli(in.varint()));
            if (in.hasMore()) throw new Octets.Malformed("octets behind a record");
            return session;
        } catch (Octets.Malformed e) {
            throw new StoreTrouble.Damaged("web session of " + account + ": " + e.getMessage());
        }
    }

    private static byte[] row(WebSession session) {
        return new Octets.Writer(128)
                .octet(1)
                .varint(session.credential())
                .varint(session.credentialVersion())
                .text(session.device())
                .text(session.address())
                .varint(session.created().toEpochMilli())
                .varint(session.used().toEpochMilli())
                .done();
    }

    static byte[] allOf(AccountId account) {
        return Kind.WEB_SESSION.keyLong(0, account.value());
    }

    private static byte[] key(AccountId account, String id) {
        byte[] hash = HexFormat.of().parseHex(id);
        byte[] key = Kind.WEB_SESSION.key(0, 8 + hash.length);
        Octets.putLong(key, 9, account.value());
        System.arraycopy(hash, 0, key, 17, hash.length);
        return key;
    }

    private static String id(byte[] token) {
        return HexFormat.of().formatHex(Arrays.copyOf(Scram.sha256(token), 16));
    }

    private static String cut(String device) {
        StringBuilder text = new StringBuilder();
        device.codePoints()
                .filter(c -> !Character.isISOControl(c))
                .limit(DEVICE_MAX)
                .forEach(text::appendCodePoint);
        return text.toString();
    }
}
