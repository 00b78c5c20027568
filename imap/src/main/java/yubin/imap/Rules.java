package yubin.imap;

/// Which command may come in which state, and which responses may come with it.
final class Rules {
    private Rules() {}

    /// Null when the command may come now, else what is wrong. RFC 3501 §6.
    static Answer state(ImapCommand command, boolean loggedIn, boolean selected) {
        return switch (command) {
            case ImapCommand.Capability _,
                    ImapCommand.Noop _,
                    ImapCommand.Logout _,
                    ImapCommand.Id _,
                    ImapCommand.Malformed _ ->
                    null;
            case ImapCommand.StartTls _, ImapCommand.Authenticate _, ImapCommand.Login _ ->
                    loggedIn ? Answer.bad("You are logged in already") : null;
            case ImapCommand.Check _,
                    ImapCommand.Close _,
                    ImapCommand.Unselect _,
                    ImapCommand.Expunge _,
                    ImapCommand.Search _,
                    ImapCommand.BadCharset _,
                    ImapCommand.Fetch _,
                    ImapCommand.Store _,
                    ImapCommand.Copy _,
                    ImapCommand.Move _ ->
                    selected
                            ? null
                            : Answer.bad(loggedIn ? "Select a mailbox first" : "Log in first");
            default -> loggedIn ? null : Answer.bad("Log in first");
        };
    }

    /// EXPUNGE must not come while FETCH, STORE or SEARCH is answered, as these speak of sequence
    /// numbers; their UID forms may have it. RFC 3501 §7.4.1.
    static boolean mayExpunge(ImapCommand command) {
        return switch (command) {
            case ImapCommand.Fetch _, ImapCommand.Store _, ImapCommand.Search _ -> isByUid(command);
            default -> true;
        };
    }

    /// True for the UID form of a command.
    static boolean isByUid(ImapCommand command) {
        return switch (command) {
            case ImapCommand.Fetch fetch -> fetch.uid();
            case ImapCommand.Store store -> store.uid();
            case ImapCommand.Search search -> search.uid();
            default -> false;
        };
    }
}
