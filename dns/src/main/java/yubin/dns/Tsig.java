package yubin.dns;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Signs and checks messages with a shared key. RFC 8945.
///
/// One object follows one exchange: the request, then its answer, which over TCP may be many
/// messages; each MAC covers the one before.
final class Tsig {
    static final int BADSIG = 16, BADKEY = 17, BADTIME = 18;

    private static final int FUDGE_SECONDS = 300;

    /// RFC 8945: a MAC cut shorter than this is refused; we do not cut ours.
    private static final int MAC_OCTETS_MIN = 16;

    /// Answers to a request between two signed ones, at most.
    private static final int UNSIGNED_MAX = 99;

    private final TsigKey key;
    private byte[] lastMac = {};
    /// The second and later messages of an answer: their MAC covers less. RFC 8945.
    private boolean continued;

    private final ByteArrayOutputStream unsigned = new ByteArrayOutputStream();
    private int unsignedCount;

    Tsig(TsigKey key) {
        this.key = key;
    }

    TsigKey key() {
        return key;
    }

    /// What a request's TSIG came to.
    sealed interface Request {
        record Unsigned() implements Request {}

        /// @param octets of the message without its TSIG, whose ARCOUNT is mended in place
        record Good(Tsig exchange, int octets) implements Request {}

        /// To be answered NOTAUTH with this error in a TSIG, which has a MAC only for BADTIME.
        ///
        /// @param exchange null but for BADTIME
        /// @param time that the request states
        record Bad(int error, Name keyName, Name algorithm, Tsig exchange, long time)
                implements Request {}

        record Malformed() implements Request {}
    }

    /// The TSIG of a message, which is always its last record.
    ///
    /// @param at where the record begins
    private record Found(
            int at,
            Name keyName,
            Name algorithm,
            long time,
            int fudge,
            byte[] mac,
            int originalId,
            int error) {}

    /// True when the last record is a TSIG; false for what is no message as well.
    static boolean isSigned(byte[] message, int length) {
        return length > Message.HEADER_OCTETS
                && Rdata.u16(message, 10) > 0
                && !(find(message, length) instanceof Look.None);
    }

    private sealed interface Look {
        record None() implements Look {}

        record Bad() implements Look {}

        record Here(Found tsig) implements Look {}
    }

    private static Look find(byte[] message, int length) {
        try {
            MessageReader in = new MessageReader(message, length);
            in.skip(Message.HEADER_OCTETS, length);
            for (int i = Rdata.u16(message, 4); i > 0; i--) {
                in.name();
                in.skip(4, length);
            }
            int records = Rdata.u16(message, 6) + Rdata.u16(message, 8) + Rdata.u16(message, 10);
            for (int i = 0; i < records; i++) {
                int at = in.at();
                Name owner = in.name();
                int type = in.u16();
                in.skip(6, length);
                int end = in.u16() + in.at();
                if (type != Type.TSIG) {
                    in.skip(end - in.at(), length);
                    continue;
                }
                if (i < records - 1 || Rdata.u16(message, 10) == 0 || end != length) {
                    return new Look.Bad();
                }
                Name algorithm = in.name();
                long time = (long) in.u16() << 32 | (long) in.u16() << 16 | in.u16();
                int fudge = in.u16();
                int macOctets = in.u16();
                int macAt = in.at();
                in.skip(macOctets, end);
                int id = in.u16();
                int error = in.u16();
                in.skip(in.u16(), end);
                byte[] mac = Arrays.copyOfRange(message, macAt, macAt + macOctets);
                return new Look.Here(new Found(at, owner, algorithm, time, fudge, mac, id, error));
            }
            return new Look.None();
        } catch (Misread e) {
            return new Look.None();
        }
    }

    /// Checks a request and takes its TSIG off.
    static Request request(byte[] message, int length, Map<Name, TsigKey> keys, Instant now) {
        return switch (find(message, length)) {
            case Look.None _ -> new Request.Unsigned();
            case Look.Bad _ -> new Request.Malformed();
            case Look.Here(var tsig) -> {
                TsigKey key = keys.get(tsig.keyName);
                if (key == null || !key.algorithmName().equals(tsig.algorithm)) {
                    yield new Request.Bad(BADKEY, tsig.keyName, tsig.algorithm, null, 0);
                }
                Tsig exchange = new Tsig(key);
                int error = exchange.check(message, tsig, now);
                if (error != 0) {
                    yield new Request.Bad(
                            error,
                            tsig.keyName,
                            tsig.algorithm,
                            error == BADTIME ? exchange : null,
                            tsig.time);
                }
                yield new Request.Good(exchange, tsig.at);
            }
        };
    }

    /// Checks one message of an answer and takes its TSIG off.
    ///
    /// @return the octets without it; -1 when it is not to be trusted
    int answer(byte[] message, int length, Instant now) {
        switch (find(message, length)) {
            case Look.None _ -> {
                // RFC 8945: the first and the last message are signed, others now and then.
                if (!continued || ++unsignedCount > UNSIGNED_MAX) return -1;
                unsigned.write(message, 0, length);
                return length;
            }
            case Look.Bad _ -> {
                return -1;
            }
            case Look.Here(var tsig) -> {
                boolean ours =
                        tsig.keyName.equals(key.name())
                                && tsig.algorithm.equals(key.algorithmName())
                                && tsig.error == 0;
                if (!ours || check(message, tsig, now) != 0) return -1;
                return tsig.at;
            }
        }
    }

    /// True when all that came so far stands under a signature.
    boolean complete() {
        return unsignedCount == 0;
    }

    /// 0 or the TSIG error. Mends ARCOUNT and the id.
    private int check(byte[] message, Found tsig, Instant now) {
        set16(message, 10, Rdata.u16(message, 10) - 1);
        set16(message, 0, tsig.originalId);
        byte[] mac = mac(message, tsig.at, tsig.time, tsig.fudge, tsig.error, new byte[0]);
        if (tsig.mac.length < MAC_OCTETS_MIN || tsig.mac.length > mac.length) return BADSIG;
        if (!MessageDigest.isEqual(Arrays.copyOf(mac, tsig.mac.length), tsig.mac)) return BADSIG;
        done(tsig.mac);
        return Math.abs(now.getEpochSecond() - tsig.time) > tsig.fudge ? BADTIME : 0;
    }

    private void done(byte[] mac) {
        lastMac = mac;
        unsigned.reset();
        unsignedCount = 0;
    }

    /// Signs a message of ours in place and returns its new length.
    ///
    /// @param message with room for some 150 octets behind `length`
    int sign(byte[] message, int length, Instant now) {
        return sign(message, length, now.getEpochSecond(), 0, new byte[0]);
    }

    private int sign(byte[] message, int length, long time, int error, byte[] other) {
        byte[] mac = mac(message, length, time, FUDGE_SECONDS, error, other);
        int id = Rdata.u16(message, 0);
        byte[] record = record(key.name(), key.algorithmName(), time, mac, id, error, other);
        done(mac);
        return append(message, length, record);
    }

    private static int append(byte[] message, int length, byte[] record) {
        System.arraycopy(record, 0, message, length, record.length);
        set16(message, 10, Rdata.u16(message, 10) + 1);
        return length + record.length;
    }

    /// One message of the answer has been signed or checked.
    void answered() {
        continued = true;
    }

    private byte[] mac(byte[] message, int length, long time, int fudge, int error, byte[] other) {
        try {
            Mac mac = Mac.getInstance(key.algorithm());
            mac.init(new SecretKeySpec(key.secret(), key.algorithm()));
            if (lastMac.length > 0) {
                mac.update(new byte[] {(byte) (lastMac.length >> 8), (byte) lastMac.length});
                mac.update(lastMac);
            }
            mac.update(unsigned.toByteArray());
            mac.update(message, 0, length);
            ByteArrayOutputStream rest = new ByteArrayOutputStream();
            if (!continued) {
                rest.writeBytes(key.name().lower().wire());
                put(rest, Question.ANY, 2);
                put(rest, 0, 4);
                rest.writeBytes(key.algorithmName().lower().wire());
            }
            put(rest, time, 6);
            put(rest, fudge, 2);
            if (!continued) {
                put(rest, error, 2);
                put(rest, other.length, 2);
                rest.writeBytes(other);
            }
            mac.update(rest.toByteArray());
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Adds the TSIG of a refusal: no MAC where we cannot know who asks. RFC 8945.
    static int refuse(Request.Bad bad, byte[] message, int length, Instant now) {
        if (bad.exchange != null) {
            ByteArrayOutputStream other = new ByteArrayOutputStream();
            put(other, now.getEpochSecond(), 6);
            return bad.exchange.sign(message, length, bad.time, bad.error, other.toByteArray());
        }
        int id = Rdata.u16(message, 0);
        long time = now.getEpochSecond();
        byte[] none = {};
        return append(
                message,
                length,
                record(bad.keyName, bad.algorithm, time, none, id, bad.error, none));
    }

    private static byte[] record(
            Name keyName, Name algorithm, long time, byte[] mac, int id, int error, byte[] other) {
        ByteArrayOutputStream rdata = new ByteArrayOutputStream();
        rdata.writeBytes(algorithm.lower().wire());
        put(rdata, time, 6);
        put(rdata, FUDGE_SECONDS, 2);
        put(rdata, mac.length, 2);
        rdata.writeBytes(mac);
        put(rdata, id, 2);
        put(rdata, error, 2);
        put(rdata, other.length, 2);
        rdata.writeBytes(other);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(keyName.lower().wire());
        put(out, Type.TSIG, 2);
        put(out, Question.ANY, 2);
        put(out, 0, 4);
        put(out, rdata.size(), 2);
        out.writeBytes(rdata.toByteArray());
        return out.toByteArray();
    }

    private static void put(ByteArrayOutputStream out, long value, int octets) {
        for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) {
            out.write((int) (value >> shift));
        }
    }

    private static void set16(byte[] out, int at, int value) {
        out[at] = (byte) (value >> 8);
        out[at + 1] = (byte) value;
    }
}
