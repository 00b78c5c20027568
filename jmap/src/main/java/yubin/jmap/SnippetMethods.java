package yubin.jmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.mime.Part;
import yubin.store.Boxes;

/// SearchSnippet/get: where the words of a filter stand. RFC 8621 §5.1.
final class SnippetMethods {
    /// Octets of a preview, marks and escapes counted. RFC 8621 §5.
    private static final int PREVIEW_OCTETS_MAX = 255;

    private static final int BEFORE = 24;

    private SnippetMethods() {}

    static ObjectNode get(Context context, ObjectNode arguments) throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        FilterTree<EmailFilter> filter =
                FilterTree.read(
                        args.objectOrNull("filter"),
                        condition -> EmailFilter.read(boxes, condition));
        List<String> ids = args.idsOrNull("emailIds", Session.GET_MAX);
        args.end();
        if (ids == null) throw Args.invalid("\"emailIds\" must be Id[]");
        Set<String> inSubject = new TreeSet<>();
        Set<String> inBody = new TreeSet<>();
        collect(filter, inSubject, inBody);
        ObjectNode answer = Api.JSON.createObjectNode();
        answer.put("accountId", Ids.account(boxes.account()));
        ArrayNode list = answer.putArray("list");
        ArrayNode notFound = Api.JSON.createArrayNode();
        for (String id : ids) {
            Reading reading = Reading.of(boxes, Ids.number('e', id));
            if (reading == null) {
                notFound.add(id);
                continue;
            }
            String subject = reading.source().message().subject();
            list.addObject()
                    .put("emailId", id)
                    .put("subject", subject == null ? null : marked(subject, inSubject, true))
                    .put("preview", preview(reading, inBody));
        }
        answer.set("notFound", notFound.isEmpty() ? null : notFound);
        return answer;
    }

    /// The words that are wanted, not those that must be missing.
    private static void collect(
            FilterTree<EmailFilter> tree, Set<String> inSubject, Set<String> inBody) {
        switch (tree) {
            case FilterTree.Condition<EmailFilter>(EmailFilter condition) ->
                    collect(condition, inSubject, inBody);
            case FilterTree.And<EmailFilter>(var parts) ->
                    parts.forEach(part -> collect(part, inSubject, inBody));
            case FilterTree.Or<EmailFilter>(var parts) ->
                    parts.forEach(part -> collect(part, inSubject, inBody));
            case FilterTree.Not<EmailFilter> _ -> {}
            case null -> {}
        }
    }

    private static void collect(EmailFilter filter, Set<String> inSubject, Set<String> inBody) {
        switch (filter) {
            case EmailFilter.Each(var filters) ->
                    filters.forEach(each -> collect(each, inSubject, inBody));
            case EmailFilter.Words(String where, String _, Needles needles) -> {
                if (where.equals("subject") || where.equals("text")) {
                    inSubject.addAll(needles.folded());
                }
                if (where.equals("body") || where.equals("text")) {
                    inBody.addAll(needles.folded());
                }
            }
            default -> {}
        }
    }

    private static String preview(Reading reading, Set<String> words) throws IOException {
        if (words.isEmpty()) return null;
        for (Part part : reading.source().message().parts()) {
            if (part.isMultipart() || part.isMessage() || !part.type().equals("text")) continue;
            String text = reading.plain(part).replaceAll("\\s+", " ").strip();
            String marked = marked(text, words, false);
            if (marked != null) return marked;
        }
        return null;
    }

    /// The text with `<mark>` around the words; null when none is in it.
    ///
    /// @param whole whether all of it is given; else a piece around the first word
    static String marked(String text, Set<String> words, boolean whole) {
        List<int[]> marks = marks(text, words);
        if (marks.isEmpty()) return null;
        int from = 0;
        if (!whole) {
            from = Math.max(0, marks.getFirst()[0] - BEFORE);
            if (from > 0 && Character.isLowSurrogate(text.charAt(from))) from++;
        }
        StringBuilder out = new StringBuilder();
        int octets = 0;
        int next = 0;
        int at = from;
        while (at < text.length()) {
            while (next < marks.size() && marks.get(next)[1] <= at) next++;
            int[] mark = next < marks.size() ? marks.get(next) : null;
            boolean inside = mark != null && mark[0] <= at;
            int stop = inside ? mark[1] : mark != null ? mark[0] : text.length();
            String piece = inside ? "<mark>" + escaped(text.substring(at, stop)) + "</mark>" : null;
            if (inside) {
                int length = BodyValue.octets(piece);
                if (!whole && octets + length > PREVIEW_OCTETS_MAX) break;
                out.append(piece);
                octets += length;
                at = stop;
                continue;
            }
            int c = text.codePointAt(at);
            String one = escaped(Character.toString(c));
            int length = BodyValue.octets(one);
            if (!whole && octets + length > PREVIEW_OCTETS_MAX) break;
            out.append(one);
            octets += length;
            at += Character.charCount(c);
        }
        return out.toString();
    }

    /// Where words stand, in order, without overlaps. Folding may change the length of a text, so
    /// the places are found character by character.
    private static List<int[]> marks(String text, Set<String> words) {
        StringBuilder folded = new StringBuilder(text.length());
        List<Integer> from = new ArrayList<>(text.length());
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            String one = Collation.fold(Character.toString(c));
            for (int k = 0; k < one.length(); k++) from.add(i);
            folded.append(one);
            i += Character.charCount(c);
        }
        from.add(text.length());
        List<int[]> marks = new ArrayList<>();
        int at = 0;
        while (at < folded.length()) {
            int best = -1;
            int bestEnd = 0;
            for (String word : words) {
                int found = folded.indexOf(word, at);
                if (found < 0 || best >= 0 && found > best) continue;
                int end = found + word.length();
                if (found < best || best < 0 || end > bestEnd) bestEnd = end;
                best = found;
            }
            if (best < 0) break;
            int end = from.get(bestEnd);
            if (end == from.get(best)) end = from.get(best) + 1;
            marks.add(new int[] {from.get(best), end});
            at = bestEnd;
        }
        return marks;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
