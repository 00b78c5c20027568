package yubin.html;

/// HTML that is safe to show.
///
/// @param html a fragment for a body
/// @param blocked how many remote addresses were left out because nobody had asked for them
public record Sanitized(String html, int blocked) {}
