package yubin.store;

import java.util.ArrayList;
import java.util.List;
import yubin.mime.Message;

/// The record of one message of an account (a JMAP Email, RFC 8621 §4).
///
/// What a reader sees is `prefix` (Return-Path and Delivered-To of this copy) followed by the
/// blob's octets. Octet offsets in [#message] count from the start of the blob: add
/// `prefix.length` to them, except for the start of the root's header, which is 0.
///
/// ```
/// key    account | EMAIL | 8 octets id
/// value  version 1 | thread | tenant | blob number | blob size | 32 octets SHA-256 | prefix |
///        received (8) | zone + 1440 | places: count, then mailbox and UID of each | parsed (rest)
/// ```
///
/// @param id stable, never used again in this account; grows in the order of arrival
/// @param thread id of the first email of its thread
/// @param receivedMillis INTERNALDATE as milliseconds since 1970 UTC
/// @param zoneMinutes its offset from UTC as it was given, RFC 3501 §2.3.3
/// @param places the mailboxes that hold it, with its UID in each
/// @param parsed what one pass over the octets found, as [Message#encode] wrote it
public record Email(
        long id,
        long thread,
        Blob blob,
        byte[] prefix,
        long receivedMillis,
        int zoneMinutes,
        List<Place> places,
        byte[] parsed) {
    private static final int VERSION = 1;
    private static final int PLACES_MAX = 10_000;

    /// Where a message lies.
    public record Place(int mailbox, int uid) {}

    /// Octets of the whole, prefix included.
    public long size() {
        return prefix.length + blob.size();
    }

    /// The structure, header fields and preview.
    public Message message() {
        return Message.decode(parsed);
    }

    byte[] encode() {
        Octets.Writer out =
                new Octets.Writer(100 + prefix.length + parsed.length)
                        .octet(VERSION)
                        .varint(thread)
                        .varint(blob.tenant())
                        .varint(blob.number())
                        .varint(blob.size())
                        .raw(blob.sha256(), 0, 32)
                        .octets(prefix)
                        .fixedLong(receivedMillis)
                        .varint(zoneMinutes + 1440)
                        .varint(places.size());
        for (Place place : places) out.varint(place.mailbox()).fixedInt(place.uid());
        return out.raw(parsed, 0, parsed.length).done();
    }

    /// @throws Octets.Malformed when the record is damaged
    static Email decode(long id, byte[] value) {
        Octets.Reader in = new Octets.Reader(value).version(VERSION);
        long thread = in.varint();
        int tenant = (int) in.varint();
        long number = in.varint();
        long size = in.varint();
        Blob blob = new Blob(tenant, number, size, in.raw(32));
        byte[] prefix = in.octets();
        long received = in.fixedLong();
        int zone = (int) in.varint() - 1440;
        long count = in.varint();
        if (prefix == null || count < 0 || count > PLACES_MAX) {
            throw new Octets.Malformed("email record");
        }
        List<Place> places = new ArrayList<>((int) count);
        for (int i = 0; i < count; i++) {
            places.add(new Place((int) in.varint(), in.fixedInt()));
        }
        return new Email(id, thread, blob, prefix, received, zone, List.copyOf(places), in.rest());
    }

    Email with(long newId, List<Place> newPlaces) {
        return new Email(
                newId, thread, blob, prefix, receivedMillis, zoneMinutes, newPlaces, parsed);
    }
}
