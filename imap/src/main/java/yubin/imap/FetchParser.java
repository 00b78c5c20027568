package yubin.imap;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import yubin.imap.FetchItem.Plain;
import yubin.imap.FetchItem.Section;
import yubin.imap.FetchItem.What;

/// Reads the arguments of FETCH behind its set. RFC 3501 §6.4.5, §9; RFC 7162 §3.1.4.
final class FetchParser {
    /// Items of one FETCH, and header fields of one item.
    static final int ITEMS_MAX = 200;

    /// Numbers of one section such as 1.2.3: messages are not parsed deeper.
    static final int PART_DEPTH_MAX = 200;

    private final Cursor in;
    private final List<FetchItem> items = new ArrayList<>();

    private FetchParser(Cursor in) {
        this.in = in;
    }

    static ImapCommand parse(Cursor in, boolean uid, SequenceSet set) throws Cursor.Unreadable {
        return new FetchParser(in).fetch(uid, set);
    }

    /// `fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att /
    /// "(" fetch-att *(SP fetch-att) ")") [fetch-modifiers]`
    private ImapCommand fetch(boolean uid, SequenceSet set) throws Cursor.Unreadable {
        if (in.take('(')) {
            do {
                item();
            } while (in.take(' '));
            in.expect(')');
        } else if (!macro()) {
            item();
        }
        long changedSince = -1;
        boolean vanished = false;
        if (in.take(' ')) {
            in.expect('(');
            do {
                int at = in.at();
                switch (in.word()) {
                    case "CHANGEDSINCE" -> {
                        in.space();
                        changedSince = in.number();
                    }
                    case "VANISHED" -> vanished = true;
                    default -> throw new Cursor.Unreadable("unknown fetch modifier", at);
                }
            } while (in.take(' '));
            in.expect(')');
        }
        in.finish();
        if (vanished && (!uid || changedSince < 0)) {
            throw in.bad("VANISHED is for UID FETCH with CHANGEDSINCE");
        }
        // RFC 3501 §6.4.8: UID FETCH tells the UID; RFC 7162 §3.1.4.1: CHANGEDSINCE the modseq.
        if (uid && !items.contains(Plain.UID)) items.addFirst(Plain.UID);
        if (changedSince >= 0 && !items.contains(Plain.MODSEQ)) items.add(Plain.MODSEQ);
        return new ImapCommand.Fetch(uid, set, List.copyOf(items), changedSince, vanished);
    }

    private boolean macro() throws Cursor.Unreadable {
        List<Plain> macro =
                switch (in.peekWord()) {
                    case "ALL" ->
                            List.of(Plain.FLAGS, Plain.INTERNALDATE, Plain.SIZE, Plain.ENVELOPE);
                    case "FAST" -> List.of(Plain.FLAGS, Plain.INTERNALDATE, Plain.SIZE);
                    case "FULL" ->
                            List.of(
                                    Plain.FLAGS,
                                    Plain.INTERNALDATE,
                                    Plain.SIZE,
                                    Plain.ENVELOPE,
                                    Plain.BODY);
                    default -> List.of();
                };
        if (macro.isEmpty()) return false;
        in.word();
        items.addAll(macro);
        return true;
    }

    private void item() throws Cursor.Unreadable {
        if (items.size() >= ITEMS_MAX) throw in.bad("over " + ITEMS_MAX + " items");
        int at = in.at();
        String word = in.word();
        FetchItem item =
                switch (word) {
                    case "UID" -> Plain.UID;
                    case "FLAGS" -> Plain.FLAGS;
                    case "INTERNALDATE" -> Plain.INTERNALDATE;
                    case "RFC822.SIZE" -> Plain.SIZE;
                    case "MODSEQ" -> Plain.MODSEQ;
                    case "ENVELOPE" -> Plain.ENVELOPE;
                    case "BODYSTRUCTURE" -> Plain.BODYSTRUCTURE;
                    case "BODY" -> in.peek() == '[' ? section(false) : Plain.BODY;
                    case "BODY.PEEK" -> section(true);
                    case "RFC822" -> whole(word, What.ALL, false);
                    case "RFC822.HEADER" -> whole(word, What.HEADER, true);
                    case "RFC822.TEXT" -> whole(word, What.TEXT, false);
                    default -> throw new Cursor.Unreadable("unknown item " + word, at);
                };
        // RFC 3501 has no rule about an item that comes twice; saying it once serves everybody.
        if (!(item instanceof Plain) || !items.contains(item)) items.add(item);
    }

    private static Section whole(String label, What what, boolean peek) {
        return new Section(ascii(label), new int[0], what, List.of(), peek, 0, Long.MAX_VALUE);
    }

    /// `section = "[" [section-spec] "]"` and `["<" number "." nz-number ">"]`
    private Section section(boolean peek) throws Cursor.Unreadable {
        in.expect('[');
        int[] part = sectionPart();
        What what = What.ALL;
        List<String> fields = List.of();
        StringBuilder label = new StringBuilder("BODY[");
        for (int i = 0; i < part.length; i++) label.append(i > 0 ? "." : "").append(part[i]);
        int at = in.at();
        String text = in.peekWord();
        if (!text.isEmpty()) {
            in.word();
            if (part.length > 0) label.append('.');
            label.append(text);
            what =
                    switch (text) {
                        case "HEADER" -> What.HEADER;
                        case "HEADER.FIELDS" -> What.FIELDS;
                        case "HEADER.FIELDS.NOT" -> What.FIELDS_NOT;
                        case "TEXT" -> What.TEXT;
                        case "MIME" -> What.MIME;
                        default -> throw new Cursor.Unreadable("unknown section " + text, at);
                    };
            if (what == What.MIME && part.length == 0) {
                throw new Cursor.Unreadable("MIME needs a part number", at);
            }
            if (what == What.FIELDS || what == What.FIELDS_NOT) fields = headerList(label);
        }
        in.expect(']');
        label.append(']');
        long offset = 0;
        long count = Long.MAX_VALUE;
        if (in.take('<')) {
            offset = in.number();
            in.expect('.');
            count = in.number();
            if (count == 0) throw in.bad("a partial fetch of no octets");
            in.expect('>');
            label.append('<').append(offset).append('>');
        }
        return new Section(ascii(label.toString()), part, what, fields, peek, offset, count);
    }

    /// `section-part = nz-number *("." nz-number)`, with the `.` before what follows it.
    private int[] sectionPart() throws Cursor.Unreadable {
        int[] part = new int[4];
        int n = 0;
        while (in.peek() >= '0' && in.peek() <= '9') {
            if (n == PART_DEPTH_MAX) throw in.bad("a section over " + n + " levels deep");
            if (n == part.length) part = Arrays.copyOf(part, n * 2);
            part[n++] = (int) Math.min(in.nzNumber(), Integer.MAX_VALUE);
            if (!in.take('.')) break;
            if (in.peek() == ']') throw in.bad("expected a part or a text after the dot");
        }
        return Arrays.copyOf(part, n);
    }

    /// `header-list = "(" header-fld-name *(SP header-fld-name) ")"`
    private List<String> headerList(StringBuilder label) throws Cursor.Unreadable {
        List<String> fields = new ArrayList<>();
        in.space();
        in.expect('(');
        label.append(" (");
        do {
            if (fields.size() >= ITEMS_MAX) throw in.bad("over " + ITEMS_MAX + " header fields");
            String field = CommandParser.fieldName(in);
            if (!fields.isEmpty()) label.append(' ');
            label.append(field);
            fields.add(field.toLowerCase(Locale.ROOT));
        } while (in.take(' '));
        in.expect(')');
        label.append(')');
        return List.copyOf(fields);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
