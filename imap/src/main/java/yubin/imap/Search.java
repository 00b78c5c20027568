package yubin.imap;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import yubin.mime.Charsets;
import yubin.mime.Field;
import yubin.mime.Message;
import yubin.mime.Part;
import yubin.search.Candidates;
import yubin.search.Catalogue;
import yubin.search.PartText;
import yubin.store.Boxes;
import yubin.store.StoreTrouble;

/// Finds the messages that a search key is true of. RFC 3501 §6.4.4.
///
/// Keys on flags, dates, sizes and numbers are answered from the snapshot's arrays, those on header
/// fields from the message record, only BODY and TEXT read octets. Of several keys the cheap ones
/// are asked first, so that the dear ones see few messages. Of a text the catalogue names the
/// messages that may hold it; the last word has the message itself. HTML is looked through as it is
/// read, without its markup (RFC 9051 §6.4.4 leaves that to us). No lock is held.
final class Search {
    /// Octets of one text part that are looked at.
    static final int PART_OCTETS_MAX = 4 << 20;

    /// Messages of a mailbox from which on the catalogue is asked first.
    private static final int CATALOGUE_MIN = 64;

    private final Selected selected;
    private final Boxes boxes;
    private final Rows rows;
    private final Catalogue catalogue;
    private final Known known;
    private boolean anyGone;

    // The message that is being looked at.
    private int index;
    private int at;
    private Rows.Row row;
    private byte[] octets;

    Search(Selected selected, ImapServer server) {
        this.selected = selected;
        this.boxes = selected.boxes();
        this.rows = server.rows();
        this.catalogue = server.catalogue();
        this.known = selected.known();
    }

    /// True when a message could not be looked at, as it is gone or damaged.
    boolean anyGone() {
        return anyGone;
    }

    /// The indexes of all messages for which `key` is true, ascending; null when the key names a
    /// sequence number that is not there.
    int[] run(SearchKey key) {
        Test test = plan(key);
        if (test == null) return null;
        int[] found = new int[64];
        int n = 0;
        int count = known.count();
        for (index = 0; index < count; index++) {
            row = null;
            octets = null;
            at = known.inNow(index);
            try {
                if (!test.test()) continue;
            } catch (StoreTrouble e) {
                anyGone = true;
                continue;
            }
            if (n == found.length) found = Arrays.copyOf(found, n * 2);
            found[n++] = index;
        }
        return Arrays.copyOf(found, n);
    }

    /// A key ready to be asked of the current message.
    private interface Test {
        boolean test() throws StoreTrouble;

        /// Tells cheap from dear: 0 arrays, 1 record, 2 octets.
        default int cost() {
            return 0;
        }
    }

    private record Costly(int cost, Test inner) implements Test {
        @Override
        public boolean test() throws StoreTrouble {
            return inner.test();
        }
    }

    /// Null for a sequence number that is not there.
    private Test plan(SearchKey key) {
        return switch (key) {
            case SearchKey.All() -> () -> true;
            case SearchKey.And(List<SearchKey> keys) -> and(keys);
            case SearchKey.Or(SearchKey left, SearchKey right) -> {
                Test a = plan(left);
                Test b = plan(right);
                if (a == null || b == null) yield null;
                Test cheap = a.cost() <= b.cost() ? a : b;
                Test dear = cheap == a ? b : a;
                yield new Costly(dear.cost(), () -> cheap.test() || dear.test());
            }
            case SearchKey.Not(SearchKey inner) -> {
                Test test = plan(inner);
                yield test == null ? null : new Costly(test.cost(), () -> !test.test());
            }
            case SearchKey.HasFlags(long mask, long value) ->
                    () -> (known.flags(index) & mask) == value;
            case SearchKey.Keyword(String keyword) -> {
                long bit = bit(keyword);
                yield () -> (known.flags(index) & bit) != 0;
            }
            case SearchKey.Recent() -> () -> selected.isRecent(known.uid(index));
            case SearchKey.Internal(long from, long to) ->
                    () -> {
                        if (at < 0) return false;
                        long day =
                                ImapDate.epochDay(
                                        known.now().receivedMillis(at),
                                        known.now().zoneMinutes(at));
                        return day >= from && day < to;
                    };
            case SearchKey.Size(long from, long to) ->
                    () -> {
                        long size = at < 0 ? -1 : known.now().size(at);
                        return size >= from && size < to;
                    };
            case SearchKey.Uids(SequenceSet set) -> within(set.uidIndexes(known));
            case SearchKey.Sequence(SequenceSet set) -> {
                int[] pairs = set.indexes(known);
                yield pairs == null ? null : within(pairs);
            }
            case SearchKey.ModSeq(long least) -> () -> known.modSeq(index) >= least;
            case SearchKey.Sent(long from, long to) ->
                    new Costly(
                            1,
                            () -> {
                                if (!load()) return false;
                                long day = row.sentDay();
                                return day != Rows.Row.NO_DAY && day >= from && day < to;
                            });
            case SearchKey.Header(String field, Needle text) -> header(field, text);
            case SearchKey.Body(Needle text) -> {
                Test may = among(Catalogue.Scope.TEXT_PARTS, text);
                yield new Costly(2, () -> may.test() && load() && inBody(text));
            }
            case SearchKey.Text(Needle text) -> {
                Test may = among(Catalogue.Scope.MESSAGE, text);
                yield new Costly(2, () -> may.test() && load() && (inHeader(text) || inBody(text)));
            }
        };
    }

    private Test and(List<SearchKey> keys) {
        Test[] tests = new Test[keys.size()];
        for (int i = 0; i < tests.length; i++) {
            tests[i] = plan(keys.get(i));
            if (tests[i] == null) return null;
        }
        Arrays.sort(tests, (a, b) -> Integer.compare(a.cost(), b.cost()));
        return new Costly(
                tests[tests.length - 1].cost(),
                () -> {
                    for (Test test : tests) if (!test.test()) return false;
                    return true;
                });
    }

    private long bit(String keyword) {
        try {
            return boxes.keyword(keyword, false);
        } catch (StoreTrouble e) {
            return 0;
        }
    }

    /// The messages come in order, so a place in the pairs moves along with them.
    private Test within(int[] pairs) {
        int[] place = {0};
        return () -> {
            while (place[0] < pairs.length && index >= pairs[place[0] + 1]) place[0] += 2;
            return place[0] < pairs.length && index >= pairs[place[0]];
        };
    }

    /// True of the messages that may hold the text, as far as the catalogue can say; it is asked
    /// when the first message gets that far. A damaged or missing index makes all of them
    // candidates.
    private Test among(Catalogue.Scope scope, Needle text) {
        if (catalogue == null || known.count() < CATALOGUE_MIN || text.isEmpty()) {
            return () -> true;
        }
        return new Test() {
            private boolean asked;
            private Candidates candidates;

            @Override
            public boolean test() throws StoreTrouble {
                if (!asked) {
                    asked = true;
                    candidates = candidates(scope, text);
                }
                if (candidates == null || at < 0) return true;
                return candidates.mayBe(known.now().emailId(at));
            }
        };
    }

    private Candidates candidates(Catalogue.Scope scope, Needle text) {
        try {
            return catalogue.candidates(boxes.account(), scope, text.toString()).orElse(null);
        } catch (IOException e) {
            return null; // all are looked through, which tells of trouble with the store itself
        }
    }

    private boolean load() throws StoreTrouble {
        if (row == null && at >= 0) row = rows.row(boxes, known.now().emailId(at));
        if (row == null) anyGone = true;
        return row != null;
    }

    private Test header(String name, Needle text) {
        Rows.Headline headline = Rows.Headline.of(name);
        String field = name.toLowerCase(Locale.ROOT);
        Test may = among(Catalogue.Scope.HEADER, text);
        return new Costly(
                1,
                () -> {
                    if (!may.test() || !load()) return false;
                    if (headline != null) {
                        String folded = row.folded(headline);
                        return folded != null && text.inFolded(folded);
                    }
                    return anyField(field, text);
                });
    }

    /// A field that has no place in the record is looked for in the header itself.
    private boolean anyField(String name, Needle text) throws StoreTrouble {
        Part root = row.message().root();
        if (root.keptHeaderIsWhole() && Sections.isKept(name, row.email(), root)) {
            for (Field field : root.fields()) {
                if (field.is(name) && text.in(field.text())) return true;
            }
            return false;
        }
        byte[] header = Sections.header(boxes, row.email(), root);
        byte[] fields = Sections.filter(header, List.of(name), true);
        for (Field field : Message.parse(fields).root().fields()) {
            if (field.is(name) && text.in(field.text())) return true;
        }
        // What `mime` does not keep is compared as it was written.
        return fields.length > 2
                && (text.isEmpty() || text.in(Cursor.text(fields).substring(name.length() + 1)));
    }

    private boolean inHeader(Needle text) throws StoreTrouble {
        Part root = row.message().root();
        byte[] whole = whole();
        byte[] header = whole == null ? Sections.header(boxes, row.email(), root) : whole;
        int from = 0;
        int end = (int) Math.min(Sections.body(row.email(), root), header.length);
        int to = whole == null ? header.length : end;
        if (text.isAscii() && text.in(header, from, to)) return true;
        boolean plain = Needle.isAscii(header, from, to) && !hasEncodedWord(header, from, to);
        if (text.isAscii() && plain) return false;
        for (Field field : root.fields()) if (text.in(field.text())) return true;
        return !plain && text.in(Cursor.text(Arrays.copyOfRange(header, from, to)));
    }

    private static boolean hasEncodedWord(byte[] octets, int from, int to) {
        for (int i = from; i + 1 < to; i++)
            if (octets[i] == '=' && octets[i + 1] == '?') return true;
        return false;
    }

    /// The octets of the whole message when it is small, read once for all its parts; else null.
    private byte[] whole() throws StoreTrouble {
        if (octets == null && row.email().size() <= Fetch.CHUNK_OCTETS) {
            octets = Sections.read(boxes, row.email(), 0, (int) row.email().size());
        }
        return octets;
    }

    /// Text parts only, and the headers of messages inside: nobody looks for what Base64 spells.
    private boolean inBody(Needle text) throws StoreTrouble {
        for (Part part : row.message().parts()) {
            if (part.isMessageRoot() && part.depth() > 0 && inFields(part, text)) return true;
            if (part.type().equals("text") && inPart(part, text)) return true;
        }
        return false;
    }

    private static boolean inFields(Part message, Needle text) {
        for (Field field : message.fields()) if (text.in(field.text())) return true;
        return false;
    }

    private boolean inPart(Part part, Needle text) throws StoreTrouble {
        int length = Math.min(part.octets(), PART_OCTETS_MAX);
        byte[] body = whole();
        int from = (int) Math.min(Sections.body(row.email(), part), Integer.MAX_VALUE - length);
        if (body == null) {
            long start = Sections.body(row.email(), part);
            body = Sections.read(boxes, row.email(), start, length);
            from = 0;
        }
        int to = Math.min(from + length, body.length);
        if (to <= from) return text.isEmpty();
        boolean asItLies =
                switch (part.encoding()) {
                    case "quoted-printable", "base64", "uuencode", "x-uuencode" -> false;
                    default -> true;
                };
        if (!asItLies) {
            body = part.decodedBody(Arrays.copyOfRange(body, from, to));
            from = 0;
            to = body.length;
        }
        if (part.subtype().equals("html")) {
            return text.in(PartText.of(part, Arrays.copyOfRange(body, from, to)));
        }
        String charset = part.charset();
        if (text.isAscii() && isAsciiBased(charset)) {
            if (text.in(body, from, to)) return true;
            if (Needle.isAscii(body, from, to)) return false;
        }
        return text.in(Charsets.decode(charset, body, from, to - from));
    }

    /// Charsets in which an octet below 128 is always the ASCII character. Not so ISO-2022-JP (all
    /// of it is below 128), UTF-7, HZ, UTF-16, and Shift_JIS, whose second octets may be below.
    private static boolean isAsciiBased(String charset) {
        if (charset == null) return true;
        String label = charset.toLowerCase(Locale.ROOT);
        return label.equals("us-ascii")
                || label.equals("utf-8")
                || label.equals("utf8")
                || label.startsWith("iso-8859-")
                || label.startsWith("windows-125")
                || label.equals("euc-jp")
                || label.equals("euc-kr");
    }
}
