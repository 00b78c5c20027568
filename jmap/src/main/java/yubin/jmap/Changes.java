package yubin.jmap;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.Boxes;

/// The standard /changes, and what it collects on the way. RFC 8620 §5.2.
///
/// What happened to an id within the window is summed up: made and destroyed is nothing, destroyed
/// and made again is an update.
final class Changes {
    /// What a window did to an id.
    enum What {
        CREATED,
        UPDATED,
        DESTROYED
    }

    private final Map<Long, What> sums = new LinkedHashMap<>();

    /// What a call asks for.
    ///
    /// @param max ids at most; [Integer#MAX_VALUE] for no bound
    record Asked(State since, String sinceText, int max) {}

    static Asked asked(Args args, Boxes boxes) throws MethodError {
        String text = args.string("sinceState");
        long max = args.unsigned("maxChanges", Integer.MAX_VALUE);
        if (max == 0) throw Args.invalid("\"maxChanges\" must be greater than 0");
        return new Asked(since(text, boxes), text, (int) Math.min(max, Integer.MAX_VALUE));
    }

    /// @throws MethodError for a state that this server never gave
    static State since(String text, Boxes boxes) throws MethodError {
        State since = State.parse(text);
        if (since == null || since.modSeq() > boxes.modSeq()) {
            throw new MethodError("cannotCalculateChanges", "that is no state of this account");
        }
        return since;
    }

    void created(long id) {
        // What was "updated" before it was made was hidden then.
        sums.merge(
                id,
                What.CREATED,
                (before, now) -> before == What.DESTROYED ? What.UPDATED : What.CREATED);
    }

    void updated(long id) {
        sums.merge(
                id,
                What.UPDATED,
                (before, now) -> before == What.DESTROYED ? What.DESTROYED : before);
    }

    void destroyed(long id) {
        if (sums.remove(id) != What.CREATED) sums.put(id, What.DESTROYED);
    }

    Map<Long, What> sums() {
        return sums;
    }

    int count() {
        return sums.size();
    }

    /// @param type the letter of the ids
    ObjectNode answer(Boxes boxes, Asked asked, State reached, boolean more, char type) {
        ObjectNode answer = Api.JSON.createObjectNode();
        answer.put("accountId", Ids.account(boxes.account()));
        answer.put("oldState", asked.sinceText());
        answer.put("newState", reached.toString());
        answer.put("hasMoreChanges", more);
        ArrayNode created = answer.putArray("created");
        ArrayNode updated = answer.putArray("updated");
        ArrayNode destroyed = answer.putArray("destroyed");
        sums.forEach(
                (id, what) ->
                        (switch (what) {
                                    case CREATED -> created;
                                    case UPDATED -> updated;
                                    case DESTROYED -> destroyed;
                                })
                                .add(Ids.of(type, id)));
        return answer;
    }

    /// The changes of objects of one type, commit by commit.
    static ObjectNode ofObjects(Boxes boxes, Args args, int objectType, char letter)
            throws MethodError, IOException {
        Asked asked = asked(args, boxes);
        args.end();
        Changes changes = new Changes();
        long newest = boxes.modSeq();
        State[] reached = {new State(newest, 0)};
        boolean[] more = {false};
        long[] last = {asked.since().modSeq()};
        Commit.each(
                boxes,
                asked.since().modSeq(),
                commit -> {
                    Changes next = new Changes();
                    next.sums.putAll(changes.sums);
                    for (Commit.Thing thing : commit.objects) {
                        if (thing.type() == objectType) next.thing(thing);
                    }
                    if (next.count() > asked.max()) {
                        if (last[0] == asked.since().modSeq()) throw tooMany();
                        reached[0] = new State(last[0], 0);
                        more[0] = true;
                        return false;
                    }
                    changes.sums.clear();
                    changes.sums.putAll(next.sums);
                    last[0] = commit.modSeq;
                    return true;
                });
        return changes.answer(boxes, asked, reached[0], more[0], letter);
    }

    void thing(Commit.Thing thing) {
        switch (thing.what()) {
            case yubin.store.ChangeLog.MADE -> created(thing.id());
            case yubin.store.ChangeLog.CHANGED -> updated(thing.id());
            default -> destroyed(thing.id());
        }
    }

    static MethodError tooMany() {
        return new MethodError(
                "cannotCalculateChanges", "one step has more changes than \"maxChanges\"");
    }
}
