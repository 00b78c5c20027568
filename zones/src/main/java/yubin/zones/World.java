package yubin.zones;

import yubin.dns.Lookup;
import yubin.dns.Name;
import yubin.dns.RRset;

/// How the rest of the world is asked: `resolver::rrset`.
public interface World {
    /// Blocks until the resolver's deadline.
    Lookup<RRset> rrset(Name name, int type);
}
