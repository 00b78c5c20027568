/**
 * Places of a very long list on a scroll bar that a browser can draw.
 *
 * Browsers cut off heights above some 17 to 33 million pixels; a million rows are more. The list
 * gets a shorter bar. Small movements move the rows by as much as the finger did; only a jump (the
 * bar was dragged) is proportional. `shift` is how far rows are drawn above their true place.
 */
export class ScrollMap {
    static readonly heightMost = 8_000_000;
    private shift = 0;
    private last = 0;

    constructor(
        private rows: number,
        private rowHeight: number,
        private viewport: number,
    ) {}

    resize(rows: number, rowHeight: number, viewport: number): void {
        this.rows = rows;
        this.rowHeight = rowHeight;
        this.viewport = viewport;
        if (this.real <= ScrollMap.heightMost) this.shift = 0;
    }

    private get real(): number {
        return this.rows * this.rowHeight;
    }

    /** The height of the thing that scrolls. */
    get height(): number {
        return Math.min(this.real, ScrollMap.heightMost);
    }

    /** The bar stands at `top`. Says where it should stand instead, when that differs. */
    moved(top: number): number {
        const room = this.height - this.viewport;
        const realRoom = this.real - this.viewport;
        if (this.real <= ScrollMap.heightMost || room <= 0) {
            this.shift = 0;
            this.last = top;
            return top;
        }
        if (Math.abs(top - this.last) > this.viewport) this.shift = Math.round((top / room) * realRoom) - top;
        const place = Math.min(Math.max(top + this.shift, 0), realRoom);
        // Near an end of the bar as much of the list must be left as of the bar.
        const margin = this.viewport * 2;
        const stuck = (top < margin && place > top) || (room - top < margin && realRoom - place > room - top);
        if (stuck || place !== top + this.shift) {
            if (place < room / 4) top = place;
            else if (realRoom - place < room / 4) top = room - (realRoom - place);
            else top = Math.round((place / realRoom) * room);
            this.shift = place - top;
        }
        this.last = top;
        return top;
    }

    /** The rows that touch the screen when the bar stands at `top`, with `more` on each side. */
    range(top: number, more: number): [first: number, last: number] {
        const place = top + this.shift;
        const first = Math.max(0, Math.floor(place / this.rowHeight) - more);
        const last = Math.min(this.rows - 1, Math.ceil((place + this.viewport) / this.rowHeight) + more);
        return [first, last];
    }

    /** Where row `index` is drawn inside the thing that scrolls. */
    y(index: number): number {
        return index * this.rowHeight - this.shift;
    }

    /** Where the bar must stand so that row `index` is on screen; `top` when it is already. */
    reveal(index: number, top: number): number {
        const place = top + this.shift;
        const start = index * this.rowHeight;
        let wanted = place;
        if (start < place) wanted = start;
        else if (start + this.rowHeight > place + this.viewport) wanted = start + this.rowHeight - this.viewport;
        if (wanted === place) return top;
        if (this.real <= ScrollMap.heightMost) return wanted;
        const near = wanted - this.shift;
        if (near >= 0 && near <= this.height - this.viewport && Math.abs(near - top) <= this.viewport) return near;
        const room = this.height - this.viewport;
        const target = Math.round((wanted / (this.real - this.viewport)) * room);
        this.shift = wanted - target;
        this.last = target;
        return target;
    }
}
