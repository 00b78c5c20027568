/// The POP3 window.
///
/// **Does.** Hands out the inbox, one message at a time, and deletes on QUIT only (RFC 1939
/// §6).
/// **Called by** `postmaster`.
/// **Calls** `mail`, `ledger`, `wire`, `mime`, `store`, `directory`.
/// **Promise.** A UIDL never changes and never names two messages.
package yubin.pop3;
