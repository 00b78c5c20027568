package yubin.search;

import java.io.IOException;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.util.BytesRef;
import yubin.store.StoreTrouble;

/// Makes a message into what the index keeps of it. No text is kept. Used again for each message of
/// one thread.
///
/// ```
/// a        account, 8 octets                      one term
/// k        account and email id, 16 octets        one term
/// e        email id                               a value
/// from, to, cc, bcc, subject, files, body         units with their positions
/// head     whole header: grams of words and runs  for substrings
/// gram     text parts: grams of words             for substrings
/// names    names of the header fields
/// rank     dictionary words of the beginning, with their number
/// part     there when not all of the text was taken
/// s, high, mod   of an account, not of a message: how far it has been followed
/// ```
final class Entry {
    static final String ACCOUNT = "a";
    static final String KEY = "k";
    static final String EMAIL = "e";
    static final String HEAD = "head";
    static final String GRAM = "gram";
    static final String NAMES = "names";
    static final String RANK = "rank";
    static final String PART = "part";
    static final String STATE = "s";
    static final String HIGH = "high";
    static final String MOD_SEQ = "mod";

    /// Characters of all bodies of one message that go into the index. A message with more is
    /// looked through each time.
    static final int CHARS_MAX = 1 << 20;

    /// Characters of the subject and the body that are cut by the dictionary: what a letter is
    /// about is said early.
    private static final int RANKED_CHARS_MAX = 400;

    /// Characters of the name of a header field that are compared.
    static final int NAME_CHARS_MAX = 200;

    private static final FieldType UNITS = type(IndexOptions.DOCS_AND_FREQS_AND_POSITIONS, true);
    private static final FieldType SET = type(IndexOptions.DOCS, true);
    private static final FieldType COUNTED = type(IndexOptions.DOCS_AND_FREQS, false);

    private final Grams head = new Grams();
    private final Grams gram = new Grams();
    private final Dictionary dictionary = new Dictionary();
    private final Streams.OfUnits[] streams = new Streams.OfUnits[Field.SINGLE.length];
    private final Streams.OfGrams headStream = new Streams.OfGrams();
    private final Streams.OfGrams gramStream = new Streams.OfGrams();

    Entry() {
        for (int i = 0; i < streams.length; i++) streams[i] = new Streams.OfUnits();
    }

    private static FieldType type(IndexOptions options, boolean omitNorms) {
        FieldType type = new FieldType();
        type.setIndexOptions(options);
        type.setTokenized(true);
        type.setOmitNorms(omitNorms);
        type.freeze();
        return type;
    }

    Document of(long account, Letter letter) throws StoreTrouble, IOException {
        Document document = of(account, letter.email().id());
        boolean cut = letter.header().length >= Letter.HEADER_OCTETS_MAX;
        for (int i = 0; i < streams.length; i++) {
            Field field = Field.SINGLE[i];
            String text = letter.text(field);
            if (text.isEmpty()) continue;
            if (text.length() > CHARS_MAX) {
                text = text.substring(0, CHARS_MAX);
                cut = true;
            }
            Units units = Units.of(text);
            document.add(text(field.key, units, streams[i]));
            if (field == Field.BODY) addGrams(document, units);
        }
        addHead(document, letter);
        addRank(document, letter);
        if (cut) document.add(new StringField(PART, "1", Store.NO));
        return document;
    }

    /// For a message whose text cannot be had.
    static Document unread(long account, long email) {
        Document document = of(account, email);
        document.add(new StringField(PART, "1", Store.NO));
        return document;
    }

    private static Document of(long account, long email) {
        Document document = new Document();
        document.add(new StringField(ACCOUNT, Terms.account(account), Store.NO));
        document.add(new StringField(KEY, Terms.email(account, email), Store.NO));
        document.add(new NumericDocValuesField(EMAIL, email));
        return document;
    }

    private static org.apache.lucene.document.Field text(
            String name, Units units, Streams.OfUnits stream) {
        return new org.apache.lucene.document.Field(name, stream.with(units), UNITS);
    }

    private void addGrams(Document document, Units units) {
        gram.clear();
        gram.add(units, false);
        document.add(new org.apache.lucene.document.Field(GRAM, gramStream.with(gram), SET));
    }

    /// The header as it was written, for who looks for that, and as it is read.
    private void addHead(Document document, Letter letter) throws StoreTrouble {
        head.clear();
        byte[] octets = letter.header();
        head.add(Units.of(new yubin.mime.Field("", octets).unfolded()), true);
        StringBuilder decoded = new StringBuilder();
        letter.eachHeaderField(
                (name, text) -> {
                    document.add(new StringField(NAMES, bounded(name), Store.NO));
                    if (!isPlain(text)) decoded.append(text).append(Letter.BREAK);
                });
        if (!decoded.isEmpty()) head.add(Units.of(decoded.toString()), true);
        document.add(new org.apache.lucene.document.Field(HEAD, headStream.with(head), SET));
    }

    /// As a term; Lucene takes none of more than 32,766 octets.
    static BytesRef bounded(String name) {
        return new BytesRef(
                name.length() > NAME_CHARS_MAX ? name.substring(0, NAME_CHARS_MAX) : name);
    }

    /// True for a text that stands in the header as it is read.
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) if (text.charAt(i) >= 128) return false;
        return true;
    }

    private void addRank(Document document, Letter letter) throws StoreTrouble {
        String subject = letter.text(Field.SUBJECT);
        String body = letter.text(Field.BODY);
        String text =
                subject.substring(0, Math.min(subject.length(), RANKED_CHARS_MAX / 2))
                        + "\n"
                        + body.substring(0, Math.min(body.length(), RANKED_CHARS_MAX));
        document.add(new org.apache.lucene.document.Field(RANK, dictionary.stream(text), COUNTED));
    }

    /// What is known of an account from now on.
    static Document state(long account, long high, long modSeq) {
        Document document = new Document();
        document.add(new StringField(STATE, Terms.account(account), Store.NO));
        document.add(new NumericDocValuesField(HIGH, high));
        document.add(new NumericDocValuesField(MOD_SEQ, modSeq));
        return document;
    }
}
