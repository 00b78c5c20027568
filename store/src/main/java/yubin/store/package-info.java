/// The boxes: mailboxes, flags, UIDs, modseqs and message bytes on disk.
///
/// **Does.** Keeps all records behind `Keys` and all message bytes behind `Blobs`, merges the
/// batches of all sessions into one synced write, and holds open mailboxes as arrays in memory.
/// **Called by** `queue`, `directory`, `imap`, `pop3`, `postmaster`.
/// **Calls** `mail`, `ledger`, `mime`.
/// **Promise.** What `commit` returned for survives a power cut. Commit first, announce after, in
/// commit order. One damaged record harms itself only.
package yubin.store;
