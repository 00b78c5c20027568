package yubin.store;

import java.util.List;

/// The record of one message of an account (a JMAP Email, RFC 8621 §4).
///
/// What a reader sees is `prefix` (Return-Path and Delivered-To of this copy) followed by the
/// blob's octets. Octet offsets in `parsed` count from the start of the whole.
///
/// @param id stable, never used again in this account; grows in the order of arrival
/// @param thread id of the first email of its thread
/// @param size octets of the whole, prefix included
/// @param receivedMillis INTERNALDATE as milliseconds since 1970 UTC
/// @param zoneMinutes its offset from UTC as it was given, RFC 3501 §2.3.3
/// @param places the mailboxes that hold it, with its UID in each
/// @param parsed what one pass over the octets found, as mime's `Message.encode` wrote it
public record Email(
        long id,
        long thread,
        Blob blob,
        byte[] prefix,
        long size,
        long receivedMillis,
        int zoneMinutes,
        List<Place> places,
        byte[] parsed) {
    /// Where a message lies.
    public record Place(int mailbox, int uid) {}
}
