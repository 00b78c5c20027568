/// The counter and the shelf: letters handed in, and those promised and not yet arrived.
///
/// **Does.** Takes a letter at the counter, puts local copies into boxes and the rest onto the
/// shelf in one commit, decides when each is tried next, writes bounces and delay notices, and
/// keeps the journey of every letter. Ties the error mails of others to the letters that they are
/// about (`Returns`) and remembers the addresses that failed.
/// **Called by** `smtp` (submit), `delivery` (settle an attempt), `postmaster` (hold, retry,
/// trace).
/// **Calls** `mail`, `ledger`, `mime`, `assist`, `store`, `directory`. Opens no socket and asks
/// no DNS question.
/// **Promise.** When `submit` returns, the message survives a power cut; every accepted letter has
/// an end that can be looked up. **Lock order.** entry, accounts in number order, allowance,
/// schedule; none is held while waiting for a peer.
package yubin.queue;
