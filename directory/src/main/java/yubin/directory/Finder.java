package yubin.directory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import yubin.mail.Address;
import yubin.mail.Domain;

/// One walk from an address over aliases to boxes.
///
/// In a domain of ours a name is looked up as it is, then without its tag (RFC 5233 §1: what
/// stands behind the first plus sign), then as postmaster, then in the catch-all. An alias starts
/// the same again for each of its targets; an address that was visited already is passed over,
/// which ends loops.
final class Finder {
    /// Aliases behind aliases. A longer chain is a mistake that somebody has to mend.
    private static final int DEPTH_MAX = 16;

    /// Boxes and addresses that one address may lead to.
    private static final int TARGETS_MAX = 1000;

    private static final String POSTMASTER = "postmaster";

    private final Cached rows;
    private final Set<String> visited = new HashSet<>();
    private final Map<Long, Found.Target> targets = new LinkedHashMap<>();
    private final Map<String, Address> elsewhere = new LinkedHashMap<>();
    private final Address asWritten;
    private boolean disabled;
    private boolean catchAll;

    private Finder(Cached rows, Address asWritten) {
        this.rows = rows;
        this.asWritten = asWritten;
    }

    static Found find(Cached rows, Address address) {
        try {
            if (rows.domain(address.domain()).isEmpty()) return new Found.Remote();
            Finder finder = new Finder(rows, address);
            finder.visit(address, null, 0);
            return finder.found();
        } catch (IOException | TooLarge e) {
            return new Found.Asleep(e.getMessage());
        }
    }

    /// Whether the address leads to this account alone through a catch-all, or, by name, also
    /// together with others.
    static boolean leadsTo(Cached rows, Address address, long account) throws IOException {
        if (rows.domain(address.domain()).isEmpty()) return false;
        Finder finder = new Finder(rows, address);
        try {
            finder.visit(address, null, 0);
        } catch (TooLarge e) {
            return false;
        }
        if (!finder.targets.containsKey(account)) return false;
        return !finder.catchAll || finder.targets.size() + finder.elsewhere.size() == 1;
    }

    /// An alias leads to more than the bounds allow.
    private static final class TooLarge extends Exception {
        private static final long serialVersionUID = 1;

        TooLarge(String message) {
            super(message);
        }
    }

    private Found found() {
        if (targets.isEmpty() && elsewhere.isEmpty()) {
            return disabled ? new Found.Disabled() : new Found.Unknown();
        }
        return new Found.Local(List.copyOf(targets.values()), new ArrayList<>(elsewhere.values()));
    }

    /// @param tag of the address that led here, null for none
    private void visit(Address address, String tag, int depth) throws IOException, TooLarge {
        String key = address.key();
        if (!visited.add(key)) return;
        if (depth > DEPTH_MAX) throw new TooLarge(asWritten + ": aliases over " + DEPTH_MAX);
        Domain domain = address.domain();
        Optional<Rows.DomainRow> home = rows.domain(domain);
        if (home.isEmpty()) {
            elsewhere.putIfAbsent(key, address);
            bound();
            return;
        }
        String local = key.substring(0, key.lastIndexOf('@'));
        Optional<Rows.AddressRow> row = rows.address(Rows.addressName(local, domain));
        int plus = local.indexOf('+');
        String base = plus > 0 ? local.substring(0, plus) : local;
        String ownTag = tag;
        if (row.isEmpty() && plus > 0) {
            row = rows.address(Rows.addressName(base, domain));
            if (row.isPresent()) ownTag = writtenTag(address.local());
        }
        if (row.isEmpty() && base.equals(POSTMASTER)) {
            Optional<Long> admin = rows.postmaster(home.get().tenant());
            if (admin.isPresent()) {
                row = Optional.of(new Rows.AddressRow.Lives(home.get().tenant(), admin.get()));
            }
        }
        if (row.isEmpty()) {
            row = rows.address(Rows.catchAllName(domain));
            if (row.isPresent()) catchAll = true;
        }
        if (row.isPresent()) follow(row.get(), ownTag, depth);
    }

    private void follow(Rows.AddressRow row, String tag, int depth) throws IOException, TooLarge {
        switch (row) {
            case Rows.AddressRow.Lives(int tenant, long id) -> {
                Optional<Cached.Person> person = rows.person(id);
                if (person.isEmpty()) return;
                Account account = person.get().account();
                if (!account.enabled()) {
                    disabled = true;
                    return;
                }
                targets.putIfAbsent(
                        id,
                        new Found.Target(
                                account.id(),
                                tenant,
                                asWritten,
                                tag,
                                account.quotaOctets(),
                                account.language()));
                bound();
            }
            case Rows.AddressRow.Leads(_, _, List<Address> leads) -> {
                for (Address target : new LinkedHashSet<>(leads)) visit(target, tag, depth + 1);
            }
        }
    }

    private void bound() throws TooLarge {
        if (targets.size() + elsewhere.size() > TARGETS_MAX) {
            throw new TooLarge(asWritten + " leads to over " + TARGETS_MAX + " addresses");
        }
    }

    /// The tag in the sender's own spelling.
    private static String writtenTag(String local) {
        int plus = local.indexOf('+');
        return plus < 0 ? null : local.substring(plus + 1);
    }
}
