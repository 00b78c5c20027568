/// The JMAP window: letters read and sent with JSON over HTTP. RFC 8620.
///
/// **Does.** Answers requests: the methods and data of the capabilities that [Methods] lists. Knows
/// no HTTP: [Jmap] is the face for whoever does.
/// **Called by** `postmaster`. **Calls** `store`, `directory`, `queue`, `mime`, `html`, `assist`.
/// **Promise.** Whatever octets come in, the answer is a response or a problem with its type.
package yubin.jmap;
