package yubin.directory;

import java.util.List;
import yubin.mail.Address;
import yubin.mail.Domain;

/// An address that leads to others.
///
/// @param local null for the catch-all of the domain
/// @param targets local or remote, at least one
public record Alias(String local, Domain domain, int tenant, List<Address> targets) {
    public Alias {
        targets = List.copyOf(targets);
    }

    public String text() {
        return local == null ? "@" + domain.ascii() : new Address(local, domain).toString();
    }
}
