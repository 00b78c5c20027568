/// Who lives here: domains, accounts, aliases, credentials, roles.
///
/// **Does.** Finds the accounts behind an address, checks passwords and SASL exchanges, slows
/// guessing; keeps web sessions, app passwords, passkeys, second
/// factors.
/// **Called by** `smtp`, `queue`, `imap`, `pop3`, `jmap`, `http`, `postmaster`.
/// **Calls** `mail`, `ledger`, `store`.
/// **Promise.** Secrets are kept as Argon2id and SCRAM keys, compared in constant time, never
/// logged.
package yubin.directory;
