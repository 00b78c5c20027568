package yubin.store;

import yubin.mime.Message;

/// A message on its way into a box.
///
/// @param upload its octets, finished
/// @param message what one pass over those octets found
/// @param prefix header lines that this copy alone gets in front (Return-Path, Delivered-To), each
///     with CRLF; empty for none
/// @param flags system flags and keyword bits of the account
/// @param receivedMillis INTERNALDATE, milliseconds since 1970 UTC
/// @param zoneMinutes its offset from UTC, -1439 to 1439
public record NewEmail(
        Upload upload,
        Message message,
        byte[] prefix,
        long flags,
        long receivedMillis,
        int zoneMinutes) {
    long size() {
        return prefix.length + upload.size();
    }
}
