/// The JMAP window: letters read and sent with JSON over HTTP. RFC 8620.
///
/// **Does.** So far the part that needs no socket and no box: reads a request, carries out its
/// method calls in order, puts results of earlier calls in place of references.
/// **Called by** nobody yet: no port is opened. **Calls** nobody yet.
/// **Promise.** Whatever octets come in, the answer is a response or a problem with its type.
package yubin.jmap;
