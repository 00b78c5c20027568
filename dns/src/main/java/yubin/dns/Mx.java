package yubin.dns;

/// One mail exchanger. RFC 1035 §3.3.9.
///
/// @param preference 0 to 65535, the lowest is tried first
/// @param host lower-case, without the final dot; "." for the null MX
public record Mx(int preference, String host) implements Comparable<Mx> {
    /// "This domain accepts no mail." RFC 7505 §3.
    public boolean isNull() {
        return host.equals(".");
    }

    @Override
    public int compareTo(Mx other) {
        int byPreference = Integer.compare(preference, other.preference);
        return byPreference != 0 ? byPreference : host.compareTo(other.host);
    }
}
