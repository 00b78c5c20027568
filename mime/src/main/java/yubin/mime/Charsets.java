package yubin.mime;

/// Reads octets in every charset that mail is written in, whatever it calls itself.
public final class Charsets {
    private Charsets() {}

    /// Decodes `octets`. Total: a bad octet is one replacement character, an unknown label is read
    /// as UTF-8 where it is UTF-8, else as Windows-1252.
    ///
    /// @param label as found in a message, null when none was given
    public static String decode(String label, byte[] octets) {
        return decode(label, octets, 0, octets.length);
    }

    public static String decode(String label, byte[] octets, int offset, int length) {
        return Later.later();
    }

    /// True when the label names a charset that is known here.
    public static boolean isKnown(String label) {
        return Later.later();
    }
}
