package yubin.postmaster;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;

/// Reads comma separated values: fields in double quotes may hold commas, line ends and doubled
/// quotes. A byte order mark at the start is passed over.
final class Csv {
    /// One record.
    ///
    /// @param line the line of the file on which it begins, counted from 1
    /// @param problem null when the record could be read
    record Row(int line, List<String> fields, String problem) {}

    /// A field longer than this is refused with its line.
    static final int FIELD_CHARS_MAX = 10_000;

    private final Reader in;
    private int line = 1;
    private int next;

    Csv(Reader in) throws IOException {
        this.in = in;
        next = in.read();
        if (next == '\uFEFF') next = in.read();
    }

    /// The next record that is not an empty line; null at the end.
    Row row() throws IOException {
        while (next == '\r' || next == '\n') endLine();
        if (next < 0) return null;
        int started = line;
        List<String> fields = new ArrayList<>();
        String problem = null;
        while (true) {
            StringBuilder field = new StringBuilder();
            boolean quoted = next == '"';
            if (quoted && !quotedField(field)) problem = "a quote is never closed";
            while (next >= 0 && next != ',' && next != '\r' && next != '\n') {
                if (quoted) problem = "text after a closing quote";
                if (field.length() == FIELD_CHARS_MAX) problem = "a field is too long";
                else field.append((char) next);
                next = in.read();
            }
            fields.add(quoted ? field.toString() : field.toString().strip());
            if (next != ',') break;
            next = in.read();
        }
        endLine();
        return new Row(started, fields, problem);
    }

    /// Reads up to the closing quote; false when there is none.
    private boolean quotedField(StringBuilder field) throws IOException {
        next = in.read();
        while (next >= 0) {
            if (next == '"') {
                next = in.read();
                if (next != '"') return true;
            }
            if (next == '\n') line++;
            if (field.length() < FIELD_CHARS_MAX) field.append((char) next);
            next = in.read();
        }
        return false;
    }

    private void endLine() throws IOException {
        if (next == '\r') next = in.read();
        if (next == '\n') next = in.read();
        line++;
    }
}
