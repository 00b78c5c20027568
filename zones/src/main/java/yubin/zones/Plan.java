package yubin.zones;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import yubin.mail.Domain;

/// What our mail domains and hosts need in the DNS, without regard to who serves it.
final class Plan {
    /// Of records that change with the letters' walk: an hour.
    static final int TTL = 3600;

    /// Of what must change quickly: addresses and certificates.
    static final int TTL_SHORT = 300;

    /// RFC 1035 §3.3: one character-string.
    private static final int STRING_OCTETS_MAX = 255;

    private final ZoneSettings settings;
    private final String host;
    private final List<Wanted> wanted = new ArrayList<>();

    private Plan(ZoneSettings settings) {
        this.settings = settings;
        this.host = settings.hostname().ascii() + ".";
    }

    /// Of one mail domain.
    ///
    /// @param dkim keys that are to be seen
    static List<Wanted> domain(ZoneSettings settings, Domain domain, List<DkimKey> dkim) {
        Plan plan = new Plan(settings);
        String name = domain.ascii() + ".";
        plan.mail(domain, name);
        for (DkimKey key : dkim) {
            plan.add(
                    key.selector() + "._domainkey." + name,
                    TTL,
                    "TXT " + strings(key.text()),
                    "key of our signatures (DKIM)");
        }
        plan.services(name);
        plan.caa(name);
        return plan.wanted;
    }

    private void mail(Domain domain, String name) {
        String reports = "mailto:postmaster@" + domain.ascii();
        add(name, TTL, "MX 10 " + host, "who takes letters for " + domain.unicode());
        add(name, TTL, "TXT \"v=spf1 mx -all\"", "who may send for it (SPF)");
        add(
                "_dmarc." + name,
                TTL,
                "TXT " + strings("v=DMARC1; p=" + settings.dmarc() + "; rua=" + reports),
                "what to do with forged letters (DMARC)");
        add(
                "_smtp._tls." + name,
                TTL,
                "TXT " + strings("v=TLSRPTv1; rua=" + reports),
                "where reports about TLS go (TLS-RPT)");
        if (!settings.publishesMtaSts()) return;
        add(
                "_mta-sts." + name,
                TTL_SHORT,
                "TXT " + strings("v=STSv1; id=" + policyId(settings)),
                "the version of our policy to take letters over TLS only (MTA-STS)");
        add("mta-sts." + name, TTL, "CNAME " + host, "where the MTA-STS policy lies");
    }

    /// How mail programs find us. RFC 6186 §3.4: what is not offered has the target ".".
    private void services(String name) {
        for (String service : ZoneSettings.SERVICES) {
            Integer port = settings.services().get(service);
            add(
                    "_" + service + "._tcp." + name,
                    TTL,
                    port == null ? "SRV 0 0 0 ." : "SRV 0 1 " + port + " " + host,
                    port == null
                            ? "we do not offer " + service
                            : "where mail programs find " + service);
        }
        add("autoconfig." + name, TTL, "CNAME " + host, "settings for Thunderbird and others");
        add("autodiscover." + name, TTL, "CNAME " + host, "settings for Outlook");
        add("_autodiscover._tcp." + name, TTL, "SRV 0 0 443 " + host, "settings for Outlook");
    }

    /// RFC 8659 §4: without an `issue` property any authority may issue.
    private void caa(String name) {
        for (String authority : settings.authorities()) {
            add(name, TTL, "CAA 0 issue " + strings(authority), "who may issue certificates (CAA)");
        }
        if (settings.authorities().isEmpty() && settings.contact() == null) return;
        String contact =
                settings.contact() == null ? "postmaster@" + bare(name) : settings.contact();
        add(
                name,
                TTL,
                "CAA 0 iodef " + strings("mailto:" + contact),
                "who hears of wrong certificates (CAA)");
    }

    private static String bare(String name) {
        return name.substring(0, name.length() - 1);
    }

    /// Of this post office's host name.
    ///
    /// @param alsoDomain it is a mail domain as well, with an SPF of its own
    /// @param certificates SHA-256 of the public keys that our servers use or are about to use;
    ///     empty where the zone is not signed, which makes TLSA worthless
    static List<Wanted> host(ZoneSettings settings, boolean alsoDomain, List<byte[]> certificates) {
        Plan plan = new Plan(settings);
        plan.addresses(plan.host, "address of this post office");
        if (!alsoDomain) {
            plan.add(plan.host, TTL, "TXT \"v=spf1 a -all\"", "who may greet by this name (SPF)");
        }
        for (byte[] hash : certificates) {
            plan.add(
                    "_25._tcp." + plan.host,
                    TTL_SHORT,
                    "TLSA 3 1 1 " + HexFormat.of().formatHex(hash),
                    "key of our certificate (DANE)");
        }
        return plan.wanted;
    }

    /// Of the zone's own name, and addresses of name servers in it.
    static List<Wanted> apex(ZoneSettings settings, Domain zone, long serial) {
        Plan plan = new Plan(settings);
        String name = zone.ascii() + ".";
        String primary = settings.nameServers().getFirst().ascii() + ".";
        plan.add(
                name,
                TTL,
                "SOA %s %s %d 7200 1800 1209600 300"
                        .formatted(primary, mailbox(settings.contact(), name), serial),
                "version of the zone");
        for (Domain server : settings.nameServers()) {
            plan.add(name, TTL, "NS " + server.ascii() + ".", "who serves the zone");
            boolean inside = server.equals(zone) || server.ascii().endsWith("." + zone.ascii());
            if (inside && !server.equals(settings.hostname())) {
                plan.addresses(server.ascii() + ".", "address of a name server");
            }
        }
        return plan.wanted;
    }

    /// A mail address as SOA has it: dots of the local part escaped. RFC 1035 §8.
    private static String mailbox(String contact, String zone) {
        if (contact == null) return "hostmaster." + zone;
        int at = contact.lastIndexOf('@');
        return contact.substring(0, at).replace("\\", "\\\\").replace(".", "\\.")
                + "."
                + contact.substring(at + 1)
                + ".";
    }

    private void addresses(String name, String purpose) {
        for (InetAddress address : settings.addresses()) {
            String type = address instanceof Inet4Address ? "A " : "AAAA ";
            add(name, TTL_SHORT, type + address.getHostAddress(), purpose);
        }
    }

    private void add(String name, int ttl, String rest, String purpose) {
        wanted.add(Wanted.of(name + " " + ttl + " IN " + rest, purpose));
    }

    /// As quoted strings of at most 255 octets, which readers join without separator.
    static String strings(String text) {
        StringBuilder out = new StringBuilder(text.length() + 8);
        for (int at = 0; at < text.length(); at += STRING_OCTETS_MAX) {
            String part = text.substring(at, Math.min(text.length(), at + STRING_OCTETS_MAX));
            if (at > 0) out.append(' ');
            out.append('"').append(part.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
        }
        return out.toString();
    }

    /// What lies at https://mta-sts.DOMAIN/.well-known/mta-sts.txt. RFC 8461 §3.2.
    static String policy(ZoneSettings settings) {
        return "version: STSv1\r\nmode: %s\r\nmx: %s\r\nmax_age: 604800\r\n"
                .formatted(settings.mtaSts(), settings.hostname().ascii());
    }

    /// Changes whenever the policy does, and never otherwise. RFC 8461 §3.1.
    private static String policyId(ZoneSettings settings) {
        byte[] text = policy(settings).getBytes(StandardCharsets.US_ASCII);
        return HexFormat.of().formatHex(sha256(text), 0, 10);
    }

    static byte[] sha256(byte[] octets) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(octets);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
