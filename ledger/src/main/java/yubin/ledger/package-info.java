/// The ledger: what happened, counted and written down.
///
/// **Does.** Holds the one registry of counters and the one event log, whose lines pass a redaction
/// before they are written.
/// **Called by** every room.
/// **Calls** `mail`.
/// **Promise.** No password, key or message text reaches a log line; counting never blocks and
/// never throws.
package yubin.ledger;
