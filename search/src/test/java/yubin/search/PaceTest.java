package yubin.search;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PaceTest {
    @Test
    void manyCommitsMakeItBusyAndNoneMakeItFree() throws Exception {
        Pace pace = new Pace();
        assertFalse(pace.isBusy());
        for (int i = 0; i < 1_000_000; i++) pace.committed();
        Thread.sleep(150);
        assertTrue(pace.isBusy());
        Thread.sleep(150);
        assertFalse(pace.isBusy());
    }
}
