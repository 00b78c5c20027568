/// The name plate: what we publish about our domains in the DNS.
///
/// **Does.** Keeps the zones of our mail domains in step with the directory, the certificate and
/// the configuration; signs them and rolls their keys; keeps the DKIM keys; says what to paste
/// where a domain's zone lies elsewhere, and compares that with what the world sees. Says how mail
// programs
/// are set up ([ClientSettings]).
/// **Called by** `postmaster`, which publishes the zones made here and obeys the operator; `http`.
/// **Calls** `mail`, `ledger`, `dns`, `store` (rows in the office's account), `directory` (which
/// domains are ours).
/// **Promise.** What is served is a whole zone with good signatures, the one before or the new
/// one: whatever fails, the last good one goes on. A row that cannot be read parks its zone alone.
/// **Lock.** One, of the [Board], for changes of rows and of what is served; never held while
/// asking the network or making RSA keys.
package yubin.zones;
