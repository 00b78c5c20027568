package yubin.smtp;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.OffsetDateTime;
import yubin.mail.Domain;
import yubin.mail.QueueId;
import yubin.mime.MailDate;
import yubin.wire.TlsFacts;

/// Writes the Received field. RFC 5321 §4.4, the protocol's name RFC 6531 §4.3, the cipher
/// RFC 8314 §4.3.
final class Stamp {
    private Stamp() {}

    /// `Received:` with CRLF.
    ///
    /// @param helo what the client called itself; the greeting has seen to it that it can stand in
    ///     a field
    /// @param only the recipient if there is one alone: several would tell each of the others
    static String received(
            String helo,
            InetAddress peer,
            Domain hostname,
            String protocol,
            TlsFacts tls,
            QueueId id,
            String only,
            OffsetDateTime now) {
        StringBuilder out = new StringBuilder(320);
        boolean isDomain = Domain.parse(helo).isPresent();
        String literal = literal(peer);
        out.append("Received: from ").append(isDomain ? helo : literal);
        out.append(" (").append(literal).append(")\r\n\tby ").append(hostname);
        out.append(" with ").append(protocol).append(" id ").append(id);
        if (only != null) {
            // A long path gets a line of its own.
            out.append(only.length() > 20 ? "\r\n\t" : " ")
                    .append("for <")
                    .append(only)
                    .append('>');
        }
        if (tls != null) out.append("\r\n\ttls ").append(tls.cipher());
        return out.append(";\r\n\t").append(MailDate.format(now)).append("\r\n").toString();
    }

    /// SMTP, ESMTP, LMTP, with S for TLS, A for a login, and UTF8 before it for SMTPUTF8 (which
    /// then takes the place of the E).
    static String protocol(
            Smtp.Kind kind, boolean extended, boolean tls, boolean login, boolean utf8) {
        String base = kind == Smtp.Kind.LMTP ? "LMTP" : utf8 || !extended ? "SMTP" : "ESMTP";
        return (utf8 ? "UTF8" : "") + base + (tls ? "S" : "") + (login ? "A" : "");
    }

    /// `address-literal`, RFC 5321 §4.1.3.
    static String literal(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        if (zone >= 0) text = text.substring(0, zone);
        return address instanceof Inet6Address ? "[IPv6:" + text + "]" : "[" + text + "]";
    }
}
