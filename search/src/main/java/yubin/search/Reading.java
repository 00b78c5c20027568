package yubin.search;

import java.util.EnumMap;
import java.util.Map;
import yubin.store.StoreTrouble;

/// One message looked through without the index. This is what the conditions mean; the index must
/// give the same answers.
final class Reading {
    private final Letter letter;
    private final Map<Field, Units> units = new EnumMap<>(Field.class);

    Reading(Letter letter) {
        this.letter = letter;
    }

    boolean matches(Wanted wanted) throws StoreTrouble {
        return switch (wanted) {
            case Wanted.Words words -> matches(words);
            case Wanted.Header(String name, String text) -> matches(name, text);
        };
    }

    private boolean matches(Wanted.Words words) throws StoreTrouble {
        for (Phrase phrase : words.phrases()) {
            if (words.field() == Field.ANYWHERE) {
                boolean found = false;
                for (Field field : Field.SINGLE) found = found || holds(field, phrase);
                if (!found) return false;
            } else if (!holds(words.field(), phrase)) {
                return false;
            }
        }
        return true;
    }

    private boolean holds(Field field, Phrase phrase) throws StoreTrouble {
        return phrase.find(units(field), 0) >= 0;
    }

    Units units(Field field) throws StoreTrouble {
        Units known = units.get(field);
        if (known == null) {
            known = Units.of(letter.text(field));
            units.put(field, known);
        }
        return known;
    }

    private boolean matches(String name, String text) throws StoreTrouble {
        boolean[] found = {false};
        letter.eachHeaderField(
                (fieldName, body) -> {
                    if (found[0] || !fieldName.equals(name)) return;
                    found[0] = text.isEmpty() || Folded.of(body).toString().contains(text);
                });
        return found[0];
    }
}
