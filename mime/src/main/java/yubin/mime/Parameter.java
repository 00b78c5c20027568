package yubin.mime;

/// A parameter of Content-Type or Content-Disposition as it was written, for example `charset` and
/// `utf-8` or `filename*0*` and `UTF-8''%E8`. RFC 2045 §5.1, RFC 2231 §3, §4.
///
/// @param name in lower case
/// @param value without its quotes and escapes
public record Parameter(String name, String value) {}
