// A list of letters as the server orders it, of which only windows are known. RFC 8620 §5.5.
import type { Id } from '../jmap/types.ts';

export const windowRows = 50;

export interface Window {
    ids: Id[];
    total: number;
    /** False when these are rows that were kept on this device. */
    fresh: boolean;
}

export type Load = (position: number, limit: number) => Promise<Window>;

/**
 * Rows by their place. A list of a million rows costs what was looked at.
 *
 * After a change on the server the windows on screen are asked again instead of patching places:
 * one request of the size of a screen, never wrong, and the rows stay until the answer is there.
 */
export class Query {
    total: number | null = $state(null);
    trouble: Error | null = $state(null);
    loading = $state(false);
    private version = $state(0);
    private rows = new Map<number, Id>();
    private asked = new Set<number>();
    private shown: [number, number] = [0, windowRows - 1];
    private generation = 0;

    constructor(
        readonly key: string,
        private readonly load: Load,
    ) {}

    /** The letter in this place, or undefined while it is not known. */
    at(index: number): Id | undefined {
        void this.version;
        return this.rows.get(index);
    }

    indexOf(id: Id): number {
        void this.version;
        for (const [index, row] of this.rows) if (row === id) return index;
        return -1;
    }

    /** All that are known, in order. */
    known(): Id[] {
        void this.version;
        return [...this.rows].sort(([a], [b]) => a - b).map(([, id]) => id);
    }

    /** Asks for the windows that cover these places, and remembers what is on screen. */
    ensure(first: number, last: number): void {
        this.shown = [first, last];
        const end = this.total === null ? windowRows - 1 : Math.min(last, this.total - 1);
        for (let at = Math.floor(first / windowRows); at * windowRows <= end; at++) {
            if (!this.asked.has(at)) void this.window(at);
        }
    }

    private async window(at: number): Promise<void> {
        this.asked.add(at);
        this.loading = true;
        const generation = this.generation;
        try {
            const window = await this.load(at * windowRows, windowRows);
            if (generation !== this.generation) return;
            this.place(at * windowRows, window);
            this.trouble = null;
            // Rows from this device stand in until the server can be asked.
            if (!window.fresh) this.asked.delete(at);
        } catch (error) {
            if (generation !== this.generation) return;
            this.asked.delete(at);
            this.trouble = error as Error;
        } finally {
            if (generation === this.generation) this.loading = false;
        }
    }

    private place(position: number, window: Window): void {
        window.ids.forEach((id, i) => this.rows.set(position + i, id));
        this.total = window.total;
        for (const index of this.rows.keys()) if (index >= window.total) this.rows.delete(index);
        this.version++;
    }

    /** Rows that were kept on this device, until the server has answered. */
    standIn(window: Window): void {
        if (this.total === null) this.place(0, window);
    }

    /** Something changed: asks for what is on screen and forgets the other windows. */
    async refresh(): Promise<void> {
        const generation = ++this.generation;
        const [first, last] = this.shown;
        const from = Math.floor(first / windowRows) * windowRows;
        const limit = Math.ceil((last + 1 - from) / windowRows) * windowRows;
        this.loading = true;
        try {
            const window = await this.load(from, Math.max(windowRows, limit));
            if (generation !== this.generation) return;
            this.rows.clear();
            this.asked.clear();
            this.place(from, window);
            for (let at = from / windowRows; at * windowRows < from + limit && window.fresh; at++) this.asked.add(at);
            this.trouble = null;
        } catch (error) {
            if (generation === this.generation) {
                this.asked.clear();
                this.trouble = error as Error;
            }
        } finally {
            if (generation === this.generation) this.loading = false;
        }
    }

    /** Takes rows out at once; the answer puts them back where they were. */
    take(ids: ReadonlySet<Id>): () => void {
        const before = new Map(this.rows);
        const totalBefore = this.total;
        const gone = [...this.rows].filter(([, id]) => ids.has(id)).map(([index]) => index);
        if (gone.length === 0) return () => undefined;
        gone.sort((a, b) => a - b);
        const rows = new Map<number, Id>();
        for (const [index, id] of this.rows) {
            if (ids.has(id)) continue;
            let less = 0;
            while (less < gone.length && gone[less]! < index) less++;
            rows.set(index - less, id);
        }
        this.rows = rows;
        this.asked.clear();
        for (let at = 0; (at + 1) * windowRows <= (this.total ?? 0); at++) {
            if (rows.has(at * windowRows) && rows.has((at + 1) * windowRows - 1)) this.asked.add(at);
            if (at * windowRows > Math.max(...rows.keys(), 0)) break;
        }
        this.total = Math.max(0, (this.total ?? 0) - gone.length);
        const generation = ++this.generation;
        this.version++;
        return () => {
            if (generation !== this.generation) return; // the server has spoken meanwhile
            this.rows = before;
            this.total = totalBefore;
            this.version++;
        };
    }
}
