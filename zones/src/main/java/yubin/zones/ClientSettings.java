package yubin.zones;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.xml.stream.XMLStreamException;
import yubin.mail.Address;
import yubin.mail.Domain;

/// What lies behind the names that [Plan] publishes for mail programs: host, ports and TLS of the
/// services that we offer to the world, in the forms that the programs ask for.
///
/// Nothing is said about who lives here: every address of a domain of ours gets the same answer.
public final class ClientSettings {
    private static final String AUTOCONFIG = "autoconfig.";
    private static final String MTA_STS = "mta-sts.";

    private static final String OUTLOOK =
            "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

    private static final String AUTODISCOVER =
            "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006";

    /// Those that bring letters, dearest first.
    private static final List<String> INCOMING = List.of("imaps", "imap", "pop3s", "pop3");

    private static final List<String> OUTGOING = List.of("submissions", "submission");

    private final ZoneSettings settings;
    private final Ours ours;

    /// Which domains are ours: `directory::isLocal`.
    public interface Ours {
        boolean isLocal(Domain domain) throws IOException;
    }

    public ClientSettings(ZoneSettings settings, Ours ours) {
        this.settings = settings;
        this.ours = ours;
    }

    /// `config-v1.1.xml`, as Thunderbird and its kin ask for it; empty where the domain is not ours
    /// or nothing is offered.
    ///
    /// @param authority of the request: the domain or `autoconfig.` and the domain; a port is
    ///     passed over
    /// @param emailAddress whose settings are wanted; it goes before `authority`. Null: not said
    public Optional<byte[]> autoconfig(String authority, String emailAddress) throws IOException {
        Optional<Domain> domain =
                emailAddress == null || emailAddress.isEmpty()
                        ? ofAuthority(authority, AUTOCONFIG)
                        : ofAddress(emailAddress);
        if (domain.isEmpty() || settings.services().isEmpty()) return Optional.empty();
        return Optional.of(XmlText.of(out -> autoconfig(out, domain.get())));
    }

    private void autoconfig(XmlText out, Domain domain) throws XMLStreamException {
        out.open("clientConfig", "version", "1.1");
        out.open("emailProvider", "id", domain.ascii());
        out.leaf("domain", domain.ascii());
        out.leaf("displayName", domain.unicode());
        out.leaf("displayShortName", domain.unicode());
        for (String service : INCOMING) server(out, "incomingServer", service);
        for (String service : OUTGOING) server(out, "outgoingServer", service);
        out.close();
        out.close();
    }

    private void server(XmlText out, String element, String service) throws XMLStreamException {
        Integer port = settings.services().get(service);
        if (port == null) return;
        out.open(element, "type", protocol(service));
        out.leaf("hostname", settings.hostname().ascii());
        out.leaf("port", port.toString());
        out.leaf("socketType", isImplicitTls(service) ? "SSL" : "STARTTLS");
        out.leaf("authentication", "password-cleartext"); // inside TLS
        out.leaf("username", "%EMAILADDRESS%"); // the program puts it in
        out.close();
    }

    /// The answer to Outlook's question; empty where the domain is not ours, nothing is offered or
    /// another form is wanted, as telephones do that speak ActiveSync.
    public Optional<byte[]> autodiscover(AutodiscoverRequest request) throws IOException {
        Optional<Address> address = Address.parse(request.emailAddress());
        if (address.isEmpty() || own(address.get().domain()).isEmpty()) return Optional.empty();
        if (settings.services().isEmpty() || !request.responseSchema().equals(OUTLOOK)) {
            return Optional.empty();
        }
        return Optional.of(XmlText.of(out -> autodiscover(out, address.get().toString())));
    }

    private void autodiscover(XmlText out, String loginName) throws XMLStreamException {
        out.open("Autodiscover", "xmlns", AUTODISCOVER);
        out.open("Response", "xmlns", OUTLOOK);
        out.open("Account");
        out.leaf("AccountType", "email");
        out.leaf("Action", "settings");
        Set<String> told = new HashSet<>(); // the dearest of each: Outlook takes no second
        for (List<String> services : List.of(INCOMING, OUTGOING)) {
            for (String service : services) {
                boolean offered = settings.services().containsKey(service);
                if (offered && told.add(protocol(service))) protocol(out, service, loginName);
            }
        }
        out.close();
        out.close();
        out.close();
    }

    private void protocol(XmlText out, String service, String loginName) throws XMLStreamException {
        String type = protocol(service).toUpperCase(Locale.ROOT);
        out.open("Protocol");
        out.leaf("Type", type);
        out.leaf("Server", settings.hostname().ascii());
        out.leaf("Port", settings.services().get(service).toString());
        out.leaf("DomainRequired", "off");
        out.leaf("LoginName", loginName);
        out.leaf("SPA", "off");
        out.leaf("SSL", "on");
        out.leaf("Encryption", isImplicitTls(service) ? "SSL" : "TLS"); // the latter: STARTTLS
        out.leaf("AuthRequired", "on");
        out.close();
    }

    /// What lies at `https://mta-sts.DOMAIN/.well-known/mta-sts.txt`; empty elsewhere, and where
    /// there is no policy. RFC 8461 §3.2.
    ///
    /// @param authority of the request; a port is passed over
    public Optional<String> mtaSts(String authority) throws IOException {
        Optional<Domain> domain = host(authority).flatMap(host -> below(host, MTA_STS));
        if (domain.isEmpty() || own(domain.get()).isEmpty()) return Optional.empty();
        return settings.publishesMtaSts() ? Optional.of(Plan.policy(settings)) : Optional.empty();
    }

    /// As mail programs call it.
    private static String protocol(String service) {
        if (service.startsWith("submission")) return "smtp";
        return isImplicitTls(service) ? service.substring(0, service.length() - 1) : service;
    }

    /// RFC 8314 §3: those whose names end so begin with TLS; the others by STARTTLS.
    private static boolean isImplicitTls(String service) {
        return service.endsWith("s");
    }

    private Optional<Domain> ofAddress(String text) throws IOException {
        Optional<Address> address = Address.parse(text);
        return address.isEmpty() ? Optional.empty() : own(address.get().domain());
    }

    /// The domain itself goes before what it is without the prefix.
    private Optional<Domain> ofAuthority(String authority, String prefix) throws IOException {
        Optional<Domain> host = host(authority);
        if (host.isEmpty() || ours.isLocal(host.get())) return host;
        Optional<Domain> below = below(host.get(), prefix);
        return below.isEmpty() ? below : own(below.get());
    }

    private static Optional<Domain> host(String authority) {
        int colon = authority.lastIndexOf(':');
        String host = colon < 0 ? authority : authority.substring(0, colon);
        return Domain.parse(host.endsWith(".") ? host.substring(0, host.length() - 1) : host);
    }

    private static Optional<Domain> below(Domain host, String prefix) {
        if (!host.ascii().startsWith(prefix)) return Optional.empty();
        return Domain.parse(host.ascii().substring(prefix.length()));
    }

    private Optional<Domain> own(Domain domain) throws IOException {
        return ours.isLocal(domain) ? Optional.of(domain) : Optional.empty();
    }
}
