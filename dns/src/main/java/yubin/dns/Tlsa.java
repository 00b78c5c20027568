package yubin.dns;

/// What a server's certificate must match. RFC 6698 §2.1.
public record Tlsa(int usage, int selector, int matchingType, byte[] data) {}
