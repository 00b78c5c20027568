package yubin.postmaster;

import picocli.CommandLine;

/// `yubin dns …`: the resolver and the zones.
///
/// Each verb is a file of its own, `Dns…Verb`; those that need the data or the running server are
/// orders, which [DnsClerk] obeys.
final class DnsVerbs {
    private DnsVerbs() {}

    static CommandLine group() {
        CommandLine line =
                Verb.group(
                        "The resolver and the zones.",
                        new DnsQueryVerb(),
                        new DnsRecordsVerb(),
                        new DnsCheckVerb(),
                        new DnsKeysVerb(),
                        new DnsFlushVerb(),
                        new DnsStatsVerb());
        line.addSubcommand("zone", DnsZoneVerbs.group());
        line.addSubcommand(new DnsServeVerb());
        Verb.nameVerbs(line);
        return line;
    }
}
