/// The glass front: everything that is asked over HTTP, by browsers and by JMAP clients.
///
/// **Does.** Speaks HTTP/1.1, HTTP/2 and WebSocket on listeners of `wire`, finds out who asks, and
/// hands the question to the room that knows the answer. It is the only room that knows Helidon,
/// of which it uses the protocols and the routing, not the sockets.
/// **Called by** `postmaster`. **Calls** `mail`, `ledger`, `wire`, `directory`, `dns`,
/// `html`, `zones`, `jmap`.
/// **Promise.** A request line, header, body or silence has a bound (see [HttpConnection] and
/// [HttpServer]); a slow peer costs one virtual thread and slows nobody.
package yubin.http;
