package yubin.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SnapshotTest {
    private static Row row(int uid, long flags, long modSeq) {
        return new Row(uid, 1000L + uid, flags, modSeq, 5000L + uid, 540, 100L + uid);
    }

    @Test
    void aNewMessageStandsBehindTheOthersAndOlderSnapshotsDoNotSeeIt() {
        Snapshot one = Snapshot.empty(1, 1).added(row(1, 0, 2), 2);
        Snapshot two = one.added(row(2, Flags.SEEN, 3), 3);
        assertEquals(1, one.count());
        assertEquals(2, two.count());
        assertEquals(2, two.uid(1));
        assertEquals(Flags.SEEN, two.flags(1));
        assertEquals(1002, two.emailId(1));
        assertEquals(540, two.zoneMinutes(1));
        assertEquals(3, two.highestModSeq());
        assertEquals(3, two.uidNext());
    }

    @Test
    void aStepThatTheLoadHasSeenAlreadyChangesNothing() {
        Snapshot loaded = Snapshot.empty(1, 1).added(row(7, 0, 9), 9);
        assertEquals(1, loaded.added(row(7, 0, 9), 9).count());
        assertEquals(0, loaded.flagged(new int[] {7}, new long[] {1}, 9).flags(0));
        assertEquals(1, loaded.removed(new int[] {3}, 10).count());
    }

    @Test
    void uidsBeyondTwoToThe31AreInOrder() {
        Snapshot snapshot = Snapshot.empty(1, 1);
        int[] uids = {1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1};
        for (int uid : uids) snapshot = snapshot.added(row(uid, 0, 2), 2);
        assertEquals(4, snapshot.count());
        assertEquals(2, snapshot.indexOf(Integer.MIN_VALUE));
        assertEquals(3, snapshot.indexFrom(-5));
        assertEquals(4, snapshot.removed(new int[] {2}, 3).count());
        assertEquals(3, snapshot.removed(new int[] {-1}, 3).count());
    }

    /// Random steps against a plain map; after each the difference is checked against the plain
    /// comparison of both states.
    @Test
    void manyStepsAgreeWithAPlainMap() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 4; round++) {
            TreeMap<Integer, Row> plain = new TreeMap<>();
            Snapshot snapshot = Snapshot.empty(1, 1);
            List<Snapshot> history = new ArrayList<>();
            List<TreeMap<Integer, Row>> plains = new ArrayList<>();
            int uid = 1;
            long modSeq = 1;
            for (int step = 0; step < 80; step++) {
                modSeq++;
                switch (random.nextInt(4)) {
                    case 0, 1 -> {
                        int many = random.nextInt(3) == 0 ? 1500 : 3;
                        for (int i = 0; i < many; i++) {
                            Row row = row(uid, random.nextInt(32), modSeq);
                            plain.put(uid++, row);
                            snapshot = snapshot.added(row, modSeq);
                        }
                    }
                    case 2 -> {
                        int[] some = some(plain, random);
                        long[] flags = new long[some.length];
                        for (int i = 0; i < some.length; i++) {
                            flags[i] = random.nextInt(32);
                            plain.put(some[i], plain.get(some[i]).withFlags(flags[i], modSeq));
                        }
                        snapshot = snapshot.flagged(some, flags, modSeq);
                    }
                    default -> {
                        int[] some = some(plain, random);
                        for (int gone : some) plain.remove(gone);
                        snapshot = snapshot.removed(some, modSeq);
                    }
                }
                check(seed, plain, snapshot);
                history.add(snapshot);
                plains.add(new TreeMap<>(plain));
                int older = random.nextInt(history.size());
                checkDifference(seed, plains.get(older), history.get(older), plain, snapshot);
            }
        }
    }

    private static int[] some(NavigableMap<Integer, Row> plain, Random random) {
        int share = 1 + random.nextInt(50);
        return plain.keySet().stream()
                .filter(uid -> random.nextInt(share) == 0)
                .mapToInt(uid -> uid)
                .toArray();
    }

    private static void check(long seed, NavigableMap<Integer, Row> plain, Snapshot snapshot) {
        assertEquals(plain.size(), snapshot.count(), "seed " + seed);
        int index = 0;
        for (Row row : plain.values()) {
            assertEquals(row, snapshot.row(index), "seed " + seed);
            index++;
        }
        if (!plain.isEmpty()) {
            assertEquals(plain.size() - 1, snapshot.indexOf(plain.lastKey()), "seed " + seed);
        }
    }

    private static void checkDifference(
            long seed,
            NavigableMap<Integer, Row> before,
            Snapshot older,
            NavigableMap<Integer, Row> after,
            Snapshot newer) {
        List<Integer> expunged = new ArrayList<>();
        List<Integer> changed = new ArrayList<>();
        int last = before.isEmpty() ? 0 : before.lastKey();
        int index = 0;
        for (Row row : before.values()) {
            if (!after.containsKey(row.uid())) expunged.add(index);
            index++;
        }
        index = 0;
        int firstNew = newer.count();
        for (Row row : after.values()) {
            if (row.uid() > last) {
                firstNew = Math.min(firstNew, index);
            } else if (row.modSeq() != before.get(row.uid()).modSeq()) {
                changed.add(index);
            }
            index++;
        }
        Snapshot.Difference difference = newer.since(older);
        assertArrayEquals(ints(expunged), difference.expunged(), "seed " + seed);
        assertArrayEquals(ints(changed), difference.changed(), "seed " + seed);
        assertEquals(firstNew, difference.firstNew(), "seed " + seed);
        assertTrue(newer.since(newer).isEmpty(newer));
    }

    private static int[] ints(List<Integer> list) {
        return list.stream().mapToInt(i -> i).toArray();
    }
}
