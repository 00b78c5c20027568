package yubin.imap;

import java.util.List;

/// One data item of FETCH. RFC 3501 §6.4.5.
sealed interface FetchItem {
    enum Plain implements FetchItem {
        UID,
        FLAGS,
        INTERNALDATE,
        SIZE,
        MODSEQ,
        ENVELOPE,
        BODY,
        BODYSTRUCTURE
    }

    /// Octets of the message.
    ///
    /// @param label what stands before them in the response, such as `BODY[1.MIME]<0>`
    /// @param part numbers from the top, empty for the whole message
    /// @param fields names for FIELDS and FIELDS_NOT
    /// @param peek leaves `\Seen` alone
    /// @param offset of a partial fetch, 0 when it is none
    /// @param count at most so many octets; `Long.MAX_VALUE` when it is no partial fetch
    record Section(
            byte[] label,
            int[] part,
            What what,
            List<String> fields,
            boolean peek,
            long offset,
            long count)
            implements FetchItem {}

    enum What {
        /// The whole message, or the body of a part.
        ALL,
        HEADER,
        FIELDS,
        FIELDS_NOT,
        TEXT,
        MIME
    }
}
