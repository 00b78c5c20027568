package yubin.dns;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// Record types by number and mnemonic; unknown ones are `TYPE65280` (RFC 3597).
public final class Type {
    public static final int A = 1, NS = 2, CNAME = 5, SOA = 6, PTR = 12, HINFO = 13, MX = 15;
    public static final int TXT = 16, RP = 17, AFSDB = 18, SIG = 24, KEY = 25, AAAA = 28;
    public static final int LOC = 29, SRV = 33, NAPTR = 35, KX = 36, CERT = 37, DNAME = 39;
    public static final int OPT = 41, DS = 43, SSHFP = 44, RRSIG = 46, NSEC = 47, DNSKEY = 48;
    public static final int DHCID = 49, NSEC3 = 50, NSEC3PARAM = 51, TLSA = 52, SMIMEA = 53;
    public static final int CDS = 59, CDNSKEY = 60, OPENPGPKEY = 61, CSYNC = 62, ZONEMD = 63;
    public static final int SVCB = 64, HTTPS = 65, SPF = 99, EUI48 = 108, EUI64 = 109;
    public static final int TSIG = 250, IXFR = 251, AXFR = 252, ANY = 255, URI = 256, CAA = 257;

    private static final Map<String, Integer> NUMBERS = new HashMap<>();
    private static final Map<Integer, String> NAMES = new HashMap<>();

    static {
        String table =
                "A 1 NS 2 MD 3 MF 4 CNAME 5 SOA 6 MB 7 MG 8 MR 9 NULL 10 WKS 11"
                        + " PTR 12 HINFO 13 MINFO 14 MX 15 TXT 16 RP 17 AFSDB 18 X25 19"
                        + " ISDN 20 RT 21 NSAP 22 NSAP-PTR 23 SIG 24 KEY 25 PX 26 GPOS 27"
                        + " AAAA 28 LOC 29 NXT 30 EID 31 NIMLOC 32 SRV 33 ATMA 34 NAPTR 35"
                        + " KX 36 CERT 37 A6 38 DNAME 39 SINK 40 OPT 41 APL 42 DS 43 SSHFP 44"
                        + " IPSECKEY 45 RRSIG 46 NSEC 47 DNSKEY 48 DHCID 49 NSEC3 50"
                        + " NSEC3PARAM 51 TLSA 52 SMIMEA 53 HIP 55 NINFO 56 RKEY 57 TALINK 58"
                        + " CDS 59 CDNSKEY 60 OPENPGPKEY 61 CSYNC 62 ZONEMD 63 SVCB 64"
                        + " HTTPS 65 SPF 99 UINFO 100 UID 101 GID 102 UNSPEC 103 NID 104"
                        + " L32 105 L64 106 LP 107 EUI48 108 EUI64 109 TKEY 249 TSIG 250"
                        + " IXFR 251 AXFR 252 ANY 255 URI 256 CAA 257 AVC 258 DLV 32769";
        String[] words = table.split(" ");
        for (int i = 0; i < words.length; i += 2) {
            NUMBERS.put(words[i], Integer.valueOf(words[i + 1]));
            NAMES.put(Integer.valueOf(words[i + 1]), words[i]);
        }
    }

    private Type() {}

    public static String name(int type) {
        String name = NAMES.get(type);
        return name != null ? name : "TYPE" + type;
    }

    /// The number of a mnemonic in any case or of `TYPEn`; -1 when it is none.
    public static int parse(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        Integer known = NUMBERS.get(upper);
        if (known != null) return known;
        if (!upper.startsWith("TYPE") || upper.length() > 9) return -1;
        int number = 0;
        for (int i = 4; i < upper.length(); i++) {
            char c = upper.charAt(i);
            if (c < '0' || c > '9') return -1;
            number = number * 10 + c - '0';
        }
        return upper.length() > 4 && number <= 65535 ? number : -1;
    }
}
