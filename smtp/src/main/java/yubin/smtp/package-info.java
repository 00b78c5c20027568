/// The door: SMTP, submission and LMTP servers; a letter comes in.
///
/// **Does.** Speaks RFC 5321 with its extensions to strangers, users and neighbours, and hands
/// each letter to the counter of `queue`.
/// **Called by** `postmaster`.
/// **Calls** `mail`, `ledger`, `wire`, `mime`, `directory`, `queue`.
/// **Promise.** 250 after the end of data is sent only when the letter is safe on disk (RFC
/// 5321 §6.1).
package yubin.smtp;
