/// The catalogue: which messages hold a text.
///
/// **Does.** Keeps an inverted index of all messages, a little behind the store and always
/// derivable from it, and answers what holds certain words, what may hold a substring, where in a
/// message it stands. Reads the query language of the search box.
/// **Called by** `imap` (substrings), `jmap` (words, snippets), `postmaster`.
/// **Calls** `mail`, `ledger`, `mime`, `store`. Only this room knows Lucene.
/// **Promise.** No message that matches is missing from a complete answer, and none that does not
/// match is in it, also while the index is behind, damaged or being made anew. Nobody waits for the
/// index: not delivery, not the start.
package yubin.search;
