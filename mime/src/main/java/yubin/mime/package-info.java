/// Messages as bytes: header fields, body structure, encoded-words, addresses, charsets.
///
/// **Does.** Reads any octets as a message in one pass and keeps what windows and search need;
/// decodes text in every charset that mail is written in; builds messages that conform.
/// **Called by** `store`, `smtp`, `queue`, `delivery`, `imap`, `postmaster`. **Calls** `mail`.
/// **Promise.** No input makes it throw or take more than linear time; what it builds parses back
/// to the same. Every bound stands in `MessageScanner`.
package yubin.mime;
