package yubin.imap;

import java.util.List;
import yubin.mime.Addresses;
import yubin.mime.Disposition;
import yubin.mime.Parameter;
import yubin.mime.Part;

/// Writes ENVELOPE, BODY and BODYSTRUCTURE from what one pass of `mime` found. RFC 3501 §7.4.2.
///
/// Recursion goes as deep as `mime` nests parts, which is bounded there.
final class Structures {
    private final Out out;
    private final boolean utf8;

    /// @param utf8 whether the client has enabled UTF8=ACCEPT
    Structures(Out out, boolean utf8) {
        this.out = out;
        this.utf8 = utf8;
    }

    /// `envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to
    /// SP env-cc SP env-bcc SP env-in-reply-to SP env-message-id ")"`
    ///
    /// Sender and Reply-To fall back on From, as RFC 3501 §7.4.2 wants.
    void envelope(Part root) {
        String from = root.unfolded("from");
        out.octet('(');
        field(root, "date");
        out.octet(' ');
        field(root, "subject");
        out.octet(' ');
        addresses(from);
        out.octet(' ');
        addressesOr(root.unfolded("sender"), from);
        out.octet(' ');
        addressesOr(root.unfolded("reply-to"), from);
        for (String name : new String[] {"to", "cc", "bcc"}) {
            out.octet(' ');
            addresses(root.unfolded(name));
        }
        out.octet(' ');
        field(root, "in-reply-to");
        out.octet(' ');
        field(root, "message-id");
        out.octet(')');
    }

    private void field(Part root, String name) {
        out.nstring(root.unfolded(name), utf8);
    }

    private void addressesOr(String body, String other) {
        addresses(body == null || body.isBlank() ? other : body);
    }

    private void addresses(String body) {
        List<Addresses.Entry> entries = body == null ? List.of() : Addresses.parseRaw(body);
        if (entries.isEmpty()) {
            out.nil();
            return;
        }
        out.octet('(');
        for (Addresses.Entry entry : entries) {
            switch (entry) {
                case Addresses.Mailbox mailbox -> address(mailbox);
                case Addresses.Group group -> {
                    // A group begins with its name alone and ends with nothing at all.
                    out.ascii("(NIL NIL ").string(group.name(), utf8).ascii(" NIL)");
                    for (Addresses.Mailbox member : group.members()) address(member);
                    out.ascii("(NIL NIL NIL NIL)");
                }
            }
        }
        out.octet(')');
    }

    /// `address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"`. A host of NIL would
    /// say that a group begins, so an address without one gets an empty string.
    private void address(Addresses.Mailbox mailbox) {
        out.octet('(');
        String name = mailbox.name();
        out.nstring(name == null || name.isEmpty() ? null : name, utf8).octet(' ');
        out.nstring(mailbox.route(), utf8).octet(' ');
        out.string(mailbox.local(), utf8).octet(' ');
        out.string(mailbox.domain(), utf8).octet(')');
    }

    /// `body = "(" (body-type-1part / body-type-mpart) ")"`
    ///
    /// @param extended BODYSTRUCTURE: with the extension data that BODY must not have
    void body(Part part, boolean extended) {
        out.octet('(');
        if (part.isMultipart() && !part.children().isEmpty()) multipart(part, extended);
        else onePart(part, extended);
        out.octet(')');
    }

    /// `body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]`
    private void multipart(Part part, boolean extended) {
        for (Part child : part.children()) body(child, extended);
        out.octet(' ').string(part.subtype(), utf8);
        if (!extended) return;
        out.octet(' ');
        parameters(part.parameters());
        dispositionLanguageLocation(part);
    }

    private void onePart(Part part, boolean extended) {
        // A multipart in which no part was found is shown as text: the grammar has no empty one.
        boolean empty = part.isMultipart();
        out.string(empty ? "text" : part.type(), utf8).octet(' ');
        out.string(empty ? "plain" : part.subtype(), utf8).octet(' ');
        boolean isText = empty || part.type().equals("text");
        if (isText && !empty && part.parameters().isEmpty() && part.field("content-type") == null) {
            out.ascii("(\"charset\" \"us-ascii\")");
        } else {
            parameters(empty ? List.of() : part.parameters());
        }
        out.octet(' ').nstring(part.contentId(), utf8);
        out.octet(' ').nstring(part.description(), utf8);
        out.octet(' ').string(part.encoding(), utf8);
        out.octet(' ').number(part.octets());
        if (isText) {
            out.octet(' ').number(part.lines());
        } else if (part.isMessage() && part.mediaType().equals("message/rfc822")) {
            Part inside = part.children().get(0);
            out.octet(' ');
            envelope(inside);
            out.octet(' ');
            body(inside, extended);
            out.octet(' ').number(part.lines());
        } else if (part.mediaType().equals("message/rfc822")) {
            // Not parsed (encoded, or nested too deep): the grammar wants something in its place.
            out.ascii(" (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)");
            out.ascii(" (\"text\" \"plain\" NIL NIL NIL \"7bit\" 0 0)");
            out.octet(' ').number(part.lines());
        }
        if (!extended) return;
        out.octet(' ').nstring(part.md5(), utf8);
        dispositionLanguageLocation(part);
    }

    /// `SP body-fld-dsp SP body-fld-lang SP body-fld-loc`
    private void dispositionLanguageLocation(Part part) {
        out.octet(' ');
        Disposition disposition = part.disposition();
        if (disposition == null) {
            out.nil();
        } else {
            out.octet('(').string(disposition.type(), utf8).octet(' ');
            parameters(disposition.parameters());
            out.octet(')');
        }
        out.octet(' ');
        List<String> languages = part.languages();
        if (languages.isEmpty()) {
            out.nil();
        } else {
            out.octet('(');
            for (int i = 0; i < languages.size(); i++) {
                if (i > 0) out.octet(' ');
                out.string(languages.get(i), utf8);
            }
            out.octet(')');
        }
        out.octet(' ').nstring(part.location(), utf8);
    }

    /// `body-fld-param = "(" string SP string *(SP string SP string) ")" / nil`
    private void parameters(List<Parameter> parameters) {
        if (parameters.isEmpty()) {
            out.nil();
            return;
        }
        out.octet('(');
        for (int i = 0; i < parameters.size(); i++) {
            if (i > 0) out.octet(' ');
            Parameter parameter = parameters.get(i);
            out.string(parameter.name(), utf8).octet(' ').string(parameter.value(), utf8);
        }
        out.octet(')');
    }
}
