/// The reading glass: HTML mail that is safe to show.
///
/// **Does.** Turns the HTML of strangers into a fragment that a browser can show: no script, no
/// form, no frame, nothing that covers the page around it, and on demand nothing that calls home.
/// **Called by** `postmaster`; later the windows that show mail in a browser.
/// **Calls** nobody.
/// **Promise.** Only what is on the lists of this room comes out, written by our own hand: no octet
/// of markup or style is copied as it was. It is the first of three walls; a sandboxed frame and a
/// content security policy stand behind it.
package yubin.html;
