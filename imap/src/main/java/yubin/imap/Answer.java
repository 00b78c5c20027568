package yubin.imap;

import yubin.store.StoreTrouble;

/// The tagged end of a command. RFC 3501 §7.1; codes RFC 5530 §3.
///
/// @param code what stands in brackets, null for none
/// @param text for a person, ASCII, one line
record Answer(Status status, String code, String text) {
    enum Status {
        OK,
        NO,
        BAD
    }

    static Answer ok(String text) {
        return new Answer(Status.OK, null, text);
    }

    static Answer ok(String code, String text) {
        return new Answer(Status.OK, code, text);
    }

    static Answer no(String code, String text) {
        return new Answer(Status.NO, code, text);
    }

    static Answer bad(String text) {
        return new Answer(Status.BAD, null, text);
    }

    /// The words for a change or a reading that the store could not do.
    static Answer of(StoreTrouble trouble) {
        return switch (trouble) {
            case StoreTrouble.DiskLow _ ->
                    no("UNAVAILABLE", "The server's disk is nearly full: nothing was saved");
            case StoreTrouble.Damaged _ -> no("CORRUPTION", "A stored record cannot be read");
            case StoreTrouble.Refused refused ->
                    switch (refused.why()) {
                        case NO_SUCH_MAILBOX -> no("NONEXISTENT", "There is no such mailbox");
                        case ALREADY_EXISTS -> no("ALREADYEXISTS", "There is such a mailbox");
                        case NAME_NOT_ALLOWED ->
                                no("CANNOT", "A mailbox cannot have this name or be changed so");
                        case OVER_QUOTA -> no("OVERQUOTA", "The mailboxes are full");
                        case LIMIT -> no("LIMIT", "Too many: " + refused.getMessage());
                        case IN_USE -> no("INUSE", "There are mailboxes below it");
                    };
            default -> no("UNAVAILABLE", "The server could not save this, nothing was changed");
        };
    }

    void write(Out out, String tag) {
        out.ascii(tag).octet(' ').ascii(status.name()).octet(' ');
        if (code != null) out.octet('[').ascii(code).ascii("] ");
        out.ascii(text).crlf();
    }
}
