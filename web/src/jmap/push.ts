// Hears from the server that something changed. RFC 8620 §7.3.
import { expand } from './client.ts';
import type { StateChange } from './types.ts';

const retryFirstMillis = 1_000;
const retryMostMillis = 60_000;

/** Listens until it is closed; `onChange` gets each StateChange, `onOpen` each new connection. */
export class Push {
    private source: EventSource | null = null;
    private timer: ReturnType<typeof setTimeout> | undefined;
    private retryMillis = retryFirstMillis;
    private closed = false;

    constructor(
        private readonly template: string,
        private readonly onChange: (change: StateChange) => void,
        private readonly onOpen: () => void,
    ) {
        this.open();
    }

    private open(): void {
        if (this.closed) return;
        const url = expand(this.template, { types: '*', closeafter: 'no', ping: '30' });
        const source = new EventSource(url, { withCredentials: true });
        this.source = source;
        source.addEventListener('open', () => {
            this.retryMillis = retryFirstMillis;
            this.onOpen();
        });
        source.addEventListener('state', (event) => {
            this.onChange(JSON.parse((event as MessageEvent<string>).data) as StateChange);
        });
        // The browser connects again by itself, unless the server answered with an error.
        source.addEventListener('error', () => {
            if (source.readyState === EventSource.CLOSED) this.later();
        });
    }

    private later(): void {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.open(), this.retryMillis);
        this.retryMillis = Math.min(this.retryMillis * 2, retryMostMillis);
    }

    /** At once, for instance because the network came back. */
    again(): void {
        this.source?.close();
        this.retryMillis = retryFirstMillis;
        this.open();
    }

    close(): void {
        this.closed = true;
        clearTimeout(this.timer);
        this.source?.close();
    }
}
