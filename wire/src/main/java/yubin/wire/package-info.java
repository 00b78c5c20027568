/// Connections: how octets reach a session and leave it.
///
/// **Does.** Accepts connections, starts one virtual thread for each, reads lines and literals
/// within bounds and deadlines, turns TLS on (STARTTLS or implicit), reloads certificates, and
/// ends sessions politely when the post office closes.
/// **Called by** `smtp`, `imap`, `pop3` (sessions), `delivery` (outgoing connections),
/// `postmaster`.
/// **Calls** `mail`, `ledger`.
/// **Promise.** Every read and write has a deadline; a line or literal over its bound is
/// refused before it is stored; an idle connection holds no buffer.
package yubin.wire;
