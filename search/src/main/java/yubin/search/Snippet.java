package yubin.search;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import yubin.store.StoreTrouble;

/// Where in a message something was found, for people. RFC 8621 §5.
///
/// @param subject HTML: the subject with each place between `<mark>` and `</mark>`; null when
///     nothing was found in it
/// @param preview likewise a piece of the body around the first place, at most 255 octets
public record Snippet(String subject, String preview) {
    static final int PREVIEW_OCTETS_MAX = 255;

    /// Characters shown before the first place.
    private static final int LEAD_CHARS = 40;

    private static final int PLACES_MAX = 64;

    private static final String OPEN = "<mark>";
    private static final String CLOSE = "</mark>";

    /// From where to where something was found, in characters of the source.
    private record Place(int from, int to) {}

    static Snippet of(Letter letter, List<Wanted> wanted) throws StoreTrouble {
        return new Snippet(
                marked(letter.text(Field.SUBJECT), Field.SUBJECT, wanted, Integer.MAX_VALUE),
                marked(letter.text(Field.BODY), Field.BODY, wanted, PREVIEW_OCTETS_MAX));
    }

    private static String marked(String text, Field field, List<Wanted> wanted, int octetsMax) {
        Units units = Units.of(Folded.of(text, true));
        List<Place> places = new ArrayList<>();
        for (Wanted one : wanted) {
            if (!(one instanceof Wanted.Words words)) continue;
            if (words.field() != field && words.field() != Field.ANYWHERE) continue;
            for (Phrase phrase : words.phrases()) find(phrase, units, places);
        }
        if (places.isEmpty()) return null;
        places.sort((a, b) -> a.from != b.from ? a.from - b.from : b.to - a.to);
        return write(units.text.source, joined(places), octetsMax);
    }

    private static void find(Phrase phrase, Units units, List<Place> places) {
        int found = 0;
        for (int at = phrase.find(units, 0);
                at >= 0 && found < PLACES_MAX;
                at = phrase.find(units, at + phrase.count)) {
            int last = at + phrase.count - 1;
            int end = units.ends[last];
            if (phrase.isPrefix()) {
                int i = phrase.count - 1;
                end = units.starts[last] + phrase.units.ends[i] - phrase.units.starts[i];
            }
            places.add(new Place(units.text.from(units.starts[at]), after(units.text, end)));
            found++;
        }
    }

    /// Behind the source of the folded character before `end`: several may come from one.
    private static int after(Folded text, int end) {
        int from = text.from(end - 1);
        int i = end;
        while (i < text.length && text.from(i) == from) i++;
        return text.from(i);
    }

    private static List<Place> joined(List<Place> places) {
        List<Place> joined = new ArrayList<>();
        for (Place place : places) {
            Place last = joined.isEmpty() ? null : joined.getLast();
            if (last != null && place.from <= last.to) {
                joined.set(joined.size() - 1, new Place(last.from, Math.max(last.to, place.to)));
            } else {
                joined.add(place);
            }
        }
        return joined;
    }

    private static String write(String text, List<Place> places, int octetsMax) {
        int from = 0;
        if (octetsMax < Integer.MAX_VALUE) {
            from = Math.max(0, places.getFirst().from - LEAD_CHARS);
            if (from > 0 && Character.isLowSurrogate(text.charAt(from))) from++;
        }
        StringBuilder out = new StringBuilder();
        int octets = 0;
        int next = 0;
        boolean open = false;
        boolean gap = false;
        for (int i = from; i < text.length(); ) {
            while (next < places.size() && places.get(next).to <= i) next++;
            boolean inside = next < places.size() && places.get(next).from <= i;
            if (open && !inside) {
                out.append(CLOSE);
                open = false;
            }
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c <= ' ' || c == 0x3000 || c == 0xA0) {
                gap = !out.isEmpty();
                continue;
            }
            String piece = (gap ? " " : "") + escaped(c);
            int tags = open ? 0 : inside ? OPEN.length() + CLOSE.length() : 0;
            int more = piece.getBytes(StandardCharsets.UTF_8).length + tags;
            if (octets + more > octetsMax) break;
            octets += more;
            if (inside && !open) {
                if (gap) {
                    out.append(' ');
                    piece = piece.substring(1);
                }
                out.append(OPEN);
                open = true;
            }
            gap = false;
            out.append(piece);
        }
        if (open) out.append(CLOSE);
        return out.toString();
    }

    private static String escaped(int c) {
        return switch (c) {
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '&' -> "&amp;";
            case '"' -> "&quot;";
            case '\'' -> "&#39;";
            default -> Character.toString(c);
        };
    }
}
