package yubin.directory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import yubin.mail.AccountId;
import yubin.store.Batch;
import yubin.store.Committer;

/// One-time codes as a second factor, and the recovery codes for the day when the telephone is
/// gone.
///
/// The row is a credential of its own, whose "hash" is `{TOTP}` and the sealed text: secret, then
/// the recovery codes that are left, divided by blanks. With it the main password alone opens the
/// web client no more, and no other window at all: for those there are app passwords.
///
/// A code is taken once. Which was the last is kept in memory only: after a restart a code may be
/// taken again within its minute and a half.
public final class SecondFactors {
    static final String SCHEME = "{TOTP}";
    private static final int RECOVERY_CODES = 10;
    private static final Duration ENROLMENT_MAX = Duration.ofMinutes(15);

    /// Wrong codes of an account in [#WRONG_FOR]; then no code is looked at.
    private static final int WRONG_MAX = 10;

    private static final Duration WRONG_FOR = Duration.ofMinutes(15);

    private final Cached rows;
    private final Committer committer;
    private final Administration administration;
    private final Seal seal;
    private final InstantSource clock;
    private final Cache<Long, byte[]> enrolling =
            Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(ENROLMENT_MAX).build();
    private final Cache<Long, Long> lastSteps =
            Caffeine.newBuilder()
                    .maximumSize(100_000)
                    .expireAfterWrite(Duration.ofMinutes(5))
                    .build();
    private final Cache<Long, AtomicInteger> wrong =
            Caffeine.newBuilder().maximumSize(100_000).expireAfterWrite(WRONG_FOR).build();

    SecondFactors(
            Cached rows,
            Committer committer,
            Administration administration,
            Seal seal,
            InstantSource clock) {
        this.rows = rows;
        this.committer = committer;
        this.administration = administration;
        this.seal = seal;
        this.clock = clock;
    }

    /// What a code is worth.
    enum Verdict {
        /// No second factor: none is needed.
        NONE,
        RIGHT,
        /// There is one, and no code was given.
        WANTED,
        WRONG,
        /// Too many wrong ones.
        LATER
    }

    /// What a person sees of it.
    public record State(boolean enabled, int recoveryCodesLeft) {}

    /// A secret that was drawn and waits for its first code.
    ///
    /// @param uri for authenticator apps, mostly as a QR code
    public record Enrolment(String secret, String uri) {}

    /// @param recoveryCodes shown once; empty when the code was wrong
    public record Confirmed(List<String> recoveryCodes) {}

    private record Factor(byte[] secret, List<String> codes) {}

    static boolean has(Cached.Person person) {
        for (Rows.Credential credential : person.credentials()) {
            if (credential.type() == Rows.Credential.Type.TOTP) return true;
        }
        return false;
    }

    public State state(AccountId account) throws IOException {
        Optional<Factor> factor = factor(account);
        return new State(factor.isPresent(), factor.map(f -> f.codes().size()).orElse(0));
    }

    /// Draws a secret. It counts when its first code was seen, within 15 minutes.
    ///
    /// @param name of the account, for the app
    /// @param issuer the post office, for the app
    public Enrolment begin(AccountId account, String name, String issuer) {
        byte[] secret = Passwords.random(Totp.SECRET_OCTETS);
        enrolling.put(account.value(), secret);
        String text = Totp.base32(secret);
        String label = percent(issuer) + ":" + percent(name);
        return new Enrolment(
                text, "otpauth://totp/" + label + "?secret=" + text + "&issuer=" + percent(issuer));
    }

    private static String percent(String text) {
        return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8)
                .replace("+", "%20");
    }

    /// Turns the second factor on when `code` is that of the drawn secret.
    ///
    /// @throws IOException when the store cannot take it
    public Confirmed confirm(AccountId account, String code) throws IOException {
        byte[] secret = enrolling.getIfPresent(account.value());
        if (secret == null || tooManyWrong(account)) return new Confirmed(List.of());
        if (Totp.step(secret, code.strip(), clock.millis()) < 0) {
            countWrong(account);
            return new Confirmed(List.of());
        }
        List<String> codes = new ArrayList<>();
        for (int i = 0; i < RECOVERY_CODES; i++) codes.add(recoveryCode());
        write(account, new Factor(secret, codes));
        enrolling.invalidate(account.value());
        return new Confirmed(codes);
    }

    public Outcome remove(AccountId account) {
        return administration.change(
                () -> {
                    committer.commit(
                            new Batch().delete(Rows.credentialKey(account, Rows.SECOND_FACTOR)));
                    rows.forgetPerson(account);
                    return "the second factor is off";
                });
    }

    /// @param code six digits or a recovery code; null for none
    Verdict check(AccountId account, String code) throws IOException {
        Optional<Factor> factor = factor(account);
        if (factor.isEmpty()) return Verdict.NONE;
        if (code == null || code.isBlank()) return Verdict.WANTED;
        if (tooManyWrong(account)) return Verdict.LATER;
        String given = code.strip().toLowerCase(Locale.ROOT);
        long step = Totp.step(factor.get().secret(), given, clock.millis());
        if (step >= 0 && isNew(account, step) || useRecoveryCode(account, given)) {
            wrong.invalidate(account.value());
            return Verdict.RIGHT;
        }
        countWrong(account);
        return Verdict.WRONG;
    }

    /// True once for each step, and for none before one that was taken.
    private boolean isNew(AccountId account, long step) {
        boolean[] taken = {false};
        lastSteps
                .asMap()
                .compute(
                        account.value(),
                        (_, last) -> {
                            taken[0] = last == null || step > last;
                            return taken[0] ? Long.valueOf(step) : last;
                        });
        return taken[0];
    }

    /// Each recovery code opens once.
    private boolean useRecoveryCode(AccountId account, String given) {
        boolean[] used = {false};
        Outcome outcome =
                administration.change(
                        () -> {
                            Optional<Factor> factor = factor(account);
                            if (factor.isEmpty()) return "no second factor";
                            List<String> left = new ArrayList<>();
                            for (String code : factor.get().codes()) {
                                if (!used[0] && Scram.equal(code, given)) used[0] = true;
                                else left.add(code);
                            }
                            if (used[0]) write(account, new Factor(factor.get().secret(), left));
                            return "a recovery code";
                        });
        return used[0] && outcome instanceof Outcome.Ok;
    }

    private boolean tooManyWrong(AccountId account) {
        AtomicInteger count = wrong.getIfPresent(account.value());
        return count != null && count.get() >= WRONG_MAX;
    }

    private void countWrong(AccountId account) {
        wrong.get(account.value(), _ -> new AtomicInteger()).incrementAndGet();
    }

    private Optional<Factor> factor(AccountId account) throws IOException {
        Optional<Cached.Person> person = rows.person(account.value());
        if (person.isEmpty()) return Optional.empty();
        for (Rows.Credential credential : person.get().credentials()) {
            if (credential.type() != Rows.Credential.Type.TOTP) continue;
            byte[] sealed =
                    Base64.getDecoder().decode(credential.hash().substring(SCHEME.length()));
            String text = seal.open(sealed, Rows.credentialKey(account, Rows.SECOND_FACTOR));
            if (text == null) throw new IOException("a second factor was sealed with another key");
            String[] parts = text.split(" ");
            List<String> codes = List.of(parts).subList(1, parts.length);
            return Optional.of(new Factor(Base64.getDecoder().decode(parts[0]), codes));
        }
        return Optional.empty();
    }

    private void write(AccountId account, Factor factor) throws IOException {
        Cached.Person person =
                rows.person(account.value()).orElseThrow(() -> new IOException("no account"));
        byte[] key = Rows.credentialKey(account, Rows.SECOND_FACTOR);
        StringBuilder text = new StringBuilder(Base64.getEncoder().encodeToString(factor.secret()));
        for (String code : factor.codes()) text.append(' ').append(code);
        String sealed = Base64.getEncoder().encodeToString(seal.close(text.toString(), key));
        committer.commit(
                new Batch()
                        .put(
                                key,
                                Rows.credential(
                                        new Rows.Credential(
                                                Rows.SECOND_FACTOR,
                                                person.account().tenant(),
                                                Rows.Credential.Type.TOTP,
                                                clock.millis(),
                                                Set.of(),
                                                "",
                                                SCHEME + sealed,
                                                null,
                                                clock.instant()))));
        rows.forgetPerson(account);
    }

    /// Ten letters and digits without those that look alike: 50 bits.
    private static String recoveryCode() {
        return Keyring.group(Keyring.draw(10), 5);
    }
}
