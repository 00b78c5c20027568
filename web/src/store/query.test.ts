import { describe, expect, it } from 'vitest';
import { Query, windowRows, type Window } from './query.svelte.ts';

/** A list of `total` rows named r0, r1, …; counts what it is asked. */
function list(total: number): { query: Query; asked: [number, number][]; rows: string[] } {
    const rows = Array.from({ length: Math.min(total, 2_000_000) }, (_, i) => `r${i}`);
    const asked: [number, number][] = [];
    const query = new Query('k', async (position, limit): Promise<Window> => {
        asked.push([position, limit]);
        return { ids: rows.slice(position, position + limit), total: rows.length, fresh: true };
    });
    return { query, asked, rows };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('a query', () => {
    it('asks only for the windows that are looked at', async () => {
        const { query, asked } = list(1_000_000);
        query.ensure(0, 20);
        await settled();
        query.ensure(999_980, 999_999);
        await settled();
        expect(asked).toEqual([
            [0, windowRows],
            [999_950, windowRows],
        ]);
        expect(query.at(999_999)).toBe('r999999');
        expect(query.at(500_000)).toBeUndefined();
        expect(query.total).toBe(1_000_000);
    });

    it('asks for a window once', async () => {
        const { query, asked } = list(100);
        query.ensure(0, 10);
        query.ensure(0, 12);
        await settled();
        query.ensure(3, 30);
        await settled();
        expect(asked).toHaveLength(1);
    });

    it('takes rows out at once and puts them back', async () => {
        const { query } = list(60);
        query.ensure(0, 59);
        await settled();
        query.ensure(0, 59);
        await settled();
        const back = query.take(new Set(['r1', 'r3']));
        expect(query.total).toBe(58);
        expect([0, 1, 2, 3].map((i) => query.at(i))).toEqual(['r0', 'r2', 'r4', 'r5']);
        back();
        expect([0, 1, 2, 3].map((i) => query.at(i))).toEqual(['r0', 'r1', 'r2', 'r3']);
        expect(query.total).toBe(60);
    });

    it('does not put rows back over what the server said meanwhile', async () => {
        const { query, rows } = list(60);
        query.ensure(0, 10);
        await settled();
        const back = query.take(new Set(['r1']));
        rows.splice(1, 1);
        await query.refresh();
        back();
        expect(query.at(1)).toBe('r2');
        expect(query.total).toBe(59);
    });

    it('shows new rows after a refresh without losing the screen', async () => {
        const { query, rows } = list(200);
        query.ensure(100, 120);
        await settled();
        rows.unshift('new');
        const refreshing = query.refresh();
        expect(query.at(0)).toBe(undefined);
        await refreshing;
        expect(query.at(101)).toBe('r100');
        expect(query.total).toBe(201);
    });

    it('keeps the rows and says why when the server is away', async () => {
        let away = false;
        const query = new Query('k', async () => {
            if (away) throw new Error('away');
            return { ids: ['a', 'b'], total: 2, fresh: true };
        });
        query.ensure(0, 10);
        await settled();
        away = true;
        await query.refresh();
        expect(query.at(0)).toBe('a');
        expect(query.trouble?.message).toBe('away');
    });
});
