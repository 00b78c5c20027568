package yubin.directory;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Reads comma-separated lines: fields may be quoted, a quote inside is doubled, a quoted field may
/// hold line ends. A line is as long as [#CHARACTERS_MAX] at most.
final class Csv {
    static final int CHARACTERS_MAX = 16_384;

    private final BufferedReader in;
    private int line;

    Csv(BufferedReader in) {
        this.in = in;
    }

    /// One record, or the reason why it cannot be read.
    ///
    /// @param line where it begins, from 1
    /// @param problem null when the fields are good
    record Row(int line, List<String> fields, String problem) {}

    /// The next record that is not empty; null at the end.
    Row next() throws IOException {
        while (true) {
            String text = in.readLine();
            if (text == null) return null;
            line++;
            if (line == 1 && text.startsWith("\uFEFF")) text = text.substring(1);
            if (text.isBlank()) continue;
            int first = line;
            List<String> fields = new ArrayList<>();
            StringBuilder field = new StringBuilder();
            int length = text.length();
            boolean quoted = false;
            int i = 0;
            while (true) {
                if (length > CHARACTERS_MAX) return new Row(first, List.of(), "line too long");
                if (i == text.length()) {
                    if (!quoted) break;
                    String more = in.readLine();
                    if (more == null) return new Row(first, List.of(), "a quote is not closed");
                    line++;
                    field.append('\n');
                    text = more;
                    length += more.length();
                    i = 0;
                    continue;
                }
                char c = text.charAt(i++);
                if (quoted) {
                    if (c != '"') field.append(c);
                    else if (i < text.length() && text.charAt(i) == '"') {
                        field.append('"');
                        i++;
                    } else quoted = false;
                } else if (c == '"' && field.isEmpty()) {
                    quoted = true;
                } else if (c == ',') {
                    fields.add(field.toString());
                    field.setLength(0);
                } else {
                    field.append(c);
                }
            }
            fields.add(field.toString());
            return new Row(first, fields, null);
        }
    }
}
