package yubin.dns;

/// Response codes, RFC 1035 §4.1.1 and RFC 6891 §6.1.3.
final class Rcode {
    static final int NOERROR = 0, FORMERR = 1, SERVFAIL = 2, NXDOMAIN = 3, NOTIMP = 4, REFUSED = 5;
    static final int YXDOMAIN = 6, NOTAUTH = 9, BADVERS = 16, BADCOOKIE = 23;

    private static final String[] NAMES = {
        "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN"
    };

    private Rcode() {}

    static String name(int rcode) {
        return rcode < NAMES.length ? NAMES[rcode] : "RCODE" + rcode;
    }
}
