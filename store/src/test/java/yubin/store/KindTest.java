package yubin.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/// The list of kinds: two with one number would read each other's records.
class KindTest {
    @Test
    void eachKindHasANumberOfItsOwn() {
        for (Kind kind : Kind.values()) {
            assertEquals(kind, Kind.of(kind.key(1, 0)[8]), "the number of " + kind);
        }
    }
}
