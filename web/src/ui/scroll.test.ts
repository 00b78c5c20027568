import { describe, expect, it } from 'vitest';
import { ScrollMap } from './scroll.ts';

describe('a scroll bar for a million rows', () => {
    const viewport = 800;
    const row = 76;

    it('is as long as the list when that is short', () => {
        const map = new ScrollMap(1_000, row, viewport);
        expect(map.height).toBe(76_000);
        expect(map.moved(500)).toBe(500);
        expect(map.range(500, 0)).toEqual([6, 18]);
    });

    it('reaches the last row', () => {
        const map = new ScrollMap(1_000_000, row, viewport);
        const end = map.height - viewport;
        const top = map.moved(end);
        expect(map.range(top, 0)[1]).toBe(999_999);
        expect(map.y(999_999) + row).toBeCloseTo(top + viewport, 0);
    });

    it('moves rows by as much as the finger moved', () => {
        const map = new ScrollMap(1_000_000, row, viewport);
        let top = map.moved(4_000_000);
        const [before] = map.range(top, 0);
        top = map.moved(top + row);
        expect(map.range(top, 0)[0]).toBe(before + 1);
    });

    it('walks through the whole list in small steps, never stuck and never back', () => {
        const map = new ScrollMap(300_000, row, viewport);
        let top = 0;
        let last = -1;
        for (let step = 0; step < 60_000; step++) {
            top = map.moved(Math.min(top + 500, map.height - viewport));
            const [first] = map.range(top, 0);
            expect(first).toBeGreaterThanOrEqual(last);
            last = first;
        }
        expect(map.range(top, 0)[1]).toBe(299_999);
    });

    it('reveals a row wherever it is', () => {
        const map = new ScrollMap(1_000_000, row, viewport);
        let top = 0;
        for (const index of [0, 5, 12, 999_999, 500_000, 500_001, 3]) {
            top = map.reveal(index, top);
            const [first, last] = map.range(top, 0);
            expect(index).toBeGreaterThanOrEqual(first);
            expect(index).toBeLessThanOrEqual(last);
            expect(top).toBeGreaterThanOrEqual(0);
            expect(top).toBeLessThanOrEqual(map.height - viewport);
        }
    });
});
