/// The map room: where a name leads.
///
/// **Does.** Answers typed lookups (MX, addresses, TXT, TLSA, PTR, any RRset) from fixed answers or
/// name servers, and publishes zones of its own.
/// **Called by** `delivery`, `postmaster`.
/// **Calls** `mail`, `ledger`, `wire`.
/// **Promise.** A lookup never returns null or an empty list: its result is one of a sealed set,
/// and comes within its deadline.
package yubin.dns;
