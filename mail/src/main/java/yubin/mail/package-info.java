/// The words: the values that every room speaks in.
///
/// **Does.** Holds the records of the mail standards – address, domain, path, envelope, reply,
/// enhanced status code, the numbers of a mailbox – each of which cannot hold nonsense, and the
/// total parsers that read them.
/// **Called by** every room. **Calls** nobody.
/// **Promise.** Every value is immutable; every parser returns a value for every input and
/// throws for none.
package yubin.mail;
