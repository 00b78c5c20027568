package yubin.postmaster;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// `yubin account …`: the people who live here.
final class AccountVerbs {
    private AccountVerbs() {}

    static CommandLine group() {
        return Verb.group(
                "The people who live here.",
                new Add(),
                new ImportVerb(),
                new List(),
                new Set(),
                new Passwd(),
                new Disable(),
                new Enable(),
                new Bounced(),
                new Remove());
    }

    /// A verb about one account.
    abstract static class About extends OrderVerb {
        @Parameters(paramLabel = "ADDRESS")
        String address;
    }

    /// A verb that may set a password.
    abstract static class Secret extends About {
        @Option(
                names = "--password",
                paramLabel = "P",
                description =
                        "Plain, or hashed as Dovecot writes it ({ARGON2ID}…). Visible to others on"
                                + " this machine, so rather:")
        private String password;

        @Option(
                names = "--password-stdin",
                description = "Read the password from the first line of standard input.")
        private boolean passwordStdin;

        /// Null when none was given.
        String password() throws Trouble {
            if (password != null && passwordStdin) {
                throw Trouble.usage("--password and --password-stdin exclude each other");
            }
            return passwordStdin ? passwordFrom(System.in) : password;
        }
    }

    /// Bounds of one account. `0` leaves it to the server's own.
    static final class LimitOptions {
        @Option(
                names = "--message",
                paramLabel = "SIZE",
                description = "The largest letter that may be sent, such as 10M; 0: the server's.")
        private String message;

        @Option(
                names = "--recipients-per-day",
                paramLabel = "N",
                description = "To how many recipients may be sent within 24 hours; 0: any number.")
        private Integer recipientsPerDay;

        @Option(
                names = "--sessions",
                paramLabel = "N",
                description = "Sessions at the same time; 0: any number.")
        private Integer sessions;

        ObjectNode into(ObjectNode order) throws Trouble {
            order.setAll(
                    Json.object(
                            "message",
                            octets("message", message),
                            "recipients-per-day",
                            recipientsPerDay,
                            "sessions",
                            sessions));
            return order;
        }
    }

    @Command(
            name = "add",
            description = "Give somebody a box. Without a password nobody can log in to it.",
            footer = {
                "",
                "Example:",
                "  yubin account add ann@example.com --password-stdin --name 'Ann' --quota 5G < secret"
            })
    static final class Add extends Secret {
        @Option(names = "--name", paramLabel = "N", description = "The name that people read.")
        private String name;

        @Option(
                names = "--quota",
                paramLabel = "SIZE",
                description = "The most the box may hold, such as 5G; absent: no limit.")
        private String quota;

        @Option(names = "--admin", description = "May administer the whole post office.")
        private boolean admin;

        @Mixin private LimitOptions limits;

        @Override
        ObjectNode order() throws Trouble {
            return limits.into(
                    order(
                            "account add",
                            "address",
                            address,
                            "password",
                            password(),
                            "name",
                            name,
                            "quota",
                            octets("quota", quota),
                            "admin",
                            admin));
        }
    }

    @Command(
            name = "list",
            description = "List the accounts.",
            footer = {"", "Example:", "  yubin account list --json"})
    static final class List extends OrderVerb {
        @Override
        ObjectNode order() {
            return order("account list");
        }
    }

    @Command(
            name = "set",
            description = "Change the name, quota or limits of a box; what is not named stays.",
            footer = {
                "",
                "Example:",
                "  yubin account set ann@example.com --message 10M --recipients-per-day 500"
            })
    static final class Set extends About {
        @Option(names = "--name", paramLabel = "N", description = "The name that people read.")
        private String name;

        @Option(
                names = "--quota",
                paramLabel = "SIZE",
                description = "The most the box may hold, such as 5G; none: no limit.")
        private String quota;

        @Option(names = "--language", paramLabel = "L", description = "ja or en.")
        private String language;

        @Mixin private LimitOptions limits;

        @Override
        ObjectNode order() throws Trouble {
            Long octets =
                    "none".equals(quota) ? Long.valueOf(Long.MAX_VALUE) : octets("quota", quota);
            ObjectNode order =
                    limits.into(
                            order(
                                    "account set",
                                    "address",
                                    address,
                                    "name",
                                    name,
                                    "quota",
                                    octets,
                                    "language",
                                    language));
            if (order.size() == 2) throw Trouble.usage("say what to set: see account set --help");
            return order;
        }
    }

    @Command(
            name = "passwd",
            description = "Set a new password; sessions under the old one end.",
            footer = {
                "",
                "Example:",
                "  yubin account passwd ann@example.com --password-stdin < secret"
            })
    static final class Passwd extends Secret {
        @Override
        ObjectNode order() throws Trouble {
            String password = password();
            if (password == null) {
                throw Trouble.usage("give the new password with --password-stdin or --password");
            }
            return order("account passwd", "address", address, "password", password);
        }
    }

    @Command(
            name = "disable",
            description = "Let nobody log in to a box; letters for it still come in.",
            footer = {"", "Example:", "  yubin account disable ann@example.com"})
    static final class Disable extends About {
        @Override
        ObjectNode order() {
            return order("account disable", "address", address);
        }
    }

    @Command(
            name = "enable",
            description = "Undo disable.",
            footer = {"", "Example:", "  yubin account enable ann@example.com"})
    static final class Enable extends About {
        @Override
        ObjectNode order() {
            return order("account enable", "address", address);
        }
    }

    @Command(
            name = "remove",
            description =
                    "Remove a box and all that is in it; its octets leave the disk after a day.",
            footer = {"", "Example:", "  yubin account remove ann@example.com"})
    static final class Remove extends About {
        @Override
        ObjectNode order() {
            return order("account remove", "address", address);
        }
    }

    /// Octets; null when absent.
    static Long octets(String what, String text) throws Trouble {
        if (text == null || text.isEmpty()) return null;
        var octets = Octets.parse(text);
        if (octets.isEmpty())
            throw Trouble.usage(what + " \"" + text + "\"; allowed: " + Octets.ALLOWED);
        return octets.getAsLong();
    }

    @Command(
            name = "bounced",
            description = "List the addresses that failed when this account wrote to them.",
            footer = {
                "",
                "Example:",
                "  yubin account bounced ann@example.com",
                "  yubin account bounced ann@example.com --forget dan@example.net"
            })
    static final class Bounced extends About {
        @Option(
                names = "--forget",
                paramLabel = "ADDRESS",
                description = "This one is right after all.")
        private String forget;

        @Option(
                names = "--lang",
                description = "Language: ${COMPLETION-CANDIDATES}; ja if not given.")
        private ExplainVerb.Language language = ExplainVerb.Language.ja;

        @Override
        ObjectNode order() {
            return order(
                    "account bounced",
                    "address",
                    address,
                    "forget",
                    forget,
                    "lang",
                    json ? null : language.name());
        }
    }
}
