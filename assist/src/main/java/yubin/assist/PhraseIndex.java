package yubin.assist;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// All phrases of the tables, looked for in a text at the same time.
///
/// The first pieces of the phrases are a tree of letters. Wherever a word begins in the text the
/// tree is walked down as far as the text goes along, so that a text costs its length times the
/// few letters that are walked, however many phrases there are. [Phrase#standsIn] is the plain and
/// slow version, by which the tests judge this one.
final class PhraseIndex {
    private static final class Node {
        char[] letters = {}; // sorted
        Node[] next = {};
        int[] ending = {}; // numbers of the phrases whose first piece ends here

        Node child(char letter) {
            int at = Arrays.binarySearch(letters, letter);
            return at < 0 ? null : next[at];
        }

        Node childOrNew(char letter) {
            int at = Arrays.binarySearch(letters, letter);
            if (at >= 0) return next[at];
            int place = -at - 1;
            letters = Arrays.copyOf(letters, letters.length + 1);
            next = Arrays.copyOf(next, letters.length);
            System.arraycopy(letters, place, letters, place + 1, letters.length - 1 - place);
            System.arraycopy(next, place, next, place + 1, letters.length - 1 - place);
            letters[place] = letter;
            next[place] = new Node();
            return next[place];
        }
    }

    private final Node root = new Node();
    private final List<Phrase> phrases = new ArrayList<>();
    private final Map<List<String>, Integer> numbers = new HashMap<>();

    /// Adds a phrase, the same one only once; returns its number.
    int add(Phrase phrase) {
        List<String> key = List.of(phrase.pieces());
        Integer known = numbers.get(key);
        if (known != null) return known;
        int number = phrases.size();
        numbers.put(key, number);
        phrases.add(phrase);
        Node node = root;
        for (char letter : phrase.pieces()[0].toCharArray()) node = node.childOrNew(letter);
        node.ending = Arrays.copyOf(node.ending, node.ending.length + 1);
        node.ending[node.ending.length - 1] = number;
        return number;
    }

    /// The numbers of the phrases that stand in a text, which [Phrase#plain] has made.
    BitSet find(String text) {
        BitSet found = new BitSet(phrases.size());
        for (int start = 0; start < text.length(); start++) {
            if (!Phrase.isStart(text, start)) continue;
            Node node = root;
            for (int at = start; at < text.length(); ) {
                node = node.child(text.charAt(at++));
                if (node == null) break;
                for (int number : node.ending) {
                    if (!found.get(number) && phrases.get(number).goesOn(text, at)) {
                        found.set(number);
                    }
                }
            }
        }
        return found;
    }
}
