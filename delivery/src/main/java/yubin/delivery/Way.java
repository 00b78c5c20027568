package yubin.delivery;

import java.util.List;
import yubin.directory.Route;
import yubin.mail.Reply;

/// Where letters for a domain go.
sealed interface Way {
    /// Hosts in the order in which they are tried.
    ///
    /// @param route the fixed route that led here, null when the MX did
    record Hosts(List<Host> hosts, Route route) implements Way {
        public Hosts {
            hosts = List.copyOf(hosts);
        }
    }

    /// There is none now, or none at all.
    ///
    /// @param reply 4yz: try again later; 5yz: never
    record None(Reply reply) implements Way {}
}
