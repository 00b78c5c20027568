/// The IMAP window: IMAP4rev1 with the extensions of daily use.
///
/// **Does.** Parses commands, answers from mailbox views, pushes changes to idle clients.
/// **Called by** `postmaster`.
/// **Calls** `mail`, `ledger`, `wire`, `mime`, `store`, `directory`.
/// **Promise.** A positive completion of APPEND, STORE, COPY, MOVE or EXPUNGE is sent only after
/// its commit.
package yubin.imap;
