package yubin.store;

/// A message as its mailbox lists it: the dense record that flags, dates and sizes are read from.
///
/// ```
/// key    account | ROW | 4 octets mailbox | 4 octets UID
/// value  version 1 | 8 email | 8 flags | 8 modseq | 8 received, ms since 1970 UTC |
///        2 zone, minutes | 4 size
/// ```
///
/// @param size octets of the whole message, up to 2^32 - 1
record Row(
        int uid,
        long email,
        long flags,
        long modSeq,
        long receivedMillis,
        int zoneMinutes,
        long size) {
    private static final int VERSION = 1;
    private static final int OCTETS = 39;

    static byte[] key(long account, int mailbox, int uid) {
        byte[] key = Kind.ROW.key(account, 8);
        Octets.putInt(key, 9, mailbox);
        Octets.putInt(key, 13, uid);
        return key;
    }

    byte[] encode() {
        byte[] value = new byte[OCTETS];
        value[0] = VERSION;
        Octets.putLong(value, 1, email);
        Octets.putLong(value, 9, flags);
        Octets.putLong(value, 17, modSeq);
        Octets.putLong(value, 25, receivedMillis);
        value[33] = (byte) (zoneMinutes >> 8);
        value[34] = (byte) zoneMinutes;
        Octets.putInt(value, 35, (int) size);
        return value;
    }

    /// @throws Octets.Malformed when the record is damaged
    static Row decode(byte[] key, byte[] value) {
        if (key.length != 17) throw new Octets.Malformed("row key of " + key.length + " octets");
        return decode(Octets.getInt(key, 13), value);
    }

    static Row decode(int uid, byte[] value) {
        if (value.length != OCTETS || value[0] != VERSION) {
            throw new Octets.Malformed("row of " + value.length + " octets");
        }
        return new Row(
                uid,
                Octets.getLong(value, 1),
                Octets.getLong(value, 9),
                Octets.getLong(value, 17),
                Octets.getLong(value, 25),
                (short) (value[33] << 8 | value[34] & 0xFF),
                Octets.getInt(value, 35) & 0xFFFFFFFFL);
    }

    Row withFlags(long newFlags, long newModSeq) {
        return new Row(uid, email, newFlags, newModSeq, receivedMillis, zoneMinutes, size);
    }

    Row at(int newUid, long newEmail, long newModSeq) {
        return new Row(newUid, newEmail, flags, newModSeq, receivedMillis, zoneMinutes, size);
    }
}
