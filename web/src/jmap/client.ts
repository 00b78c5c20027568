// One conversation with the server: method calls made at the same moment travel in one request.
// RFC 8620 §3.
import type { CoreLimits, Id, Session } from './types.ts';

export const using = [
    'urn:ietf:params:jmap:core',
    'urn:ietf:params:jmap:mail',
    'urn:ietf:params:jmap:submission',
    'urn:yubin:params:jmap:trace',
];

/** The network did not carry the request: try again later. */
export class Unreachable extends Error {}

/** The cookie is no longer good: the person has to sign in. */
export class SignedOut extends Error {}

/** The server refused the whole request. RFC 8620 §3.6.1. */
export class RequestRefused extends Error {
    constructor(
        readonly status: number,
        readonly type: string,
        detail: string,
    ) {
        super(detail);
    }
}

/** The server refused one method call. RFC 8620 §3.6.2. */
export class MethodRefused extends Error {
    constructor(
        readonly method: string,
        readonly type: string,
        description: string,
    ) {
        super(`${method}: ${type}${description ? ` (${description})` : ''}`);
    }
}

type Arguments = Record<string, unknown>;
type Invocation = [name: string, args: Arguments, callId: string];

export interface Reference {
    resultOf: string;
    name: string;
    path: string;
}

/** A method call that was written down; its answer comes when the batch was sent. */
export class Call<T> {
    readonly answer: Promise<T>;
    resolve!: (answer: T) => void;
    reject!: (error: Error) => void;

    constructor(
        readonly id: string,
        readonly name: string,
        readonly args: Arguments,
    ) {
        this.answer = new Promise<T>((resolve, reject) => {
            this.resolve = resolve;
            this.reject = reject;
        });
        // Whoever awaits `answer` hears of a failure; a call nobody awaits is not an accident.
        this.answer.catch(() => undefined);
    }

    /** For an argument `#name` of a later call of the same batch. RFC 8620 §3.7. */
    ref(path: string): Reference {
        return { resultOf: this.id, name: this.name, path };
    }
}

/** Calls that must travel together, because later ones refer to earlier ones. */
export class Batch {
    readonly calls: Call<unknown>[] = [];

    constructor(private readonly client: Client) {}

    add<T>(name: string, args: Arguments): Call<T> {
        const call = new Call<T>(this.client.nextCallId(), name, args);
        this.calls.push(call as Call<unknown>);
        return call;
    }

    send(): void {
        this.client.post(this);
    }
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Sends batches, at most as many calls in one request as the server takes. */
export class Client {
    session: Session;
    /** Called once for each answer 401. */
    onSignedOut: () => void = () => undefined;
    /** Told after each request whether the server could be reached. */
    onReach: (reached: boolean) => void = () => undefined;
    private waiting: Batch[] = [];
    private calls = 0;

    constructor(
        session: Session,
        private readonly fetch: Fetch = (url, init) => globalThis.fetch(url, init),
    ) {
        this.session = session;
    }

    get limits(): CoreLimits {
        return this.session.capabilities['urn:ietf:params:jmap:core'];
    }

    nextCallId(): string {
        return `c${this.calls++}`;
    }

    batch(): Batch {
        return new Batch(this);
    }

    call<T>(name: string, args: Arguments): Promise<T> {
        const batch = this.batch();
        const call = batch.add<T>(name, args);
        batch.send();
        return call.answer;
    }

    /** Puts a batch beside those of the same moment; they leave when the current task ends. */
    post(batch: Batch): void {
        this.waiting.push(batch);
        if (this.waiting.length === 1) queueMicrotask(() => this.flush());
    }

    private flush(): void {
        const batches = this.waiting;
        this.waiting = [];
        const callsMax = Math.max(1, this.limits.maxCallsInRequest);
        let together: Call<unknown>[] = [];
        for (const batch of batches) {
            if (together.length > 0 && together.length + batch.calls.length > callsMax) {
                void this.request(together);
                together = [];
            }
            together.push(...batch.calls);
        }
        if (together.length > 0) void this.request(together);
    }

    private async request(calls: Call<unknown>[]): Promise<void> {
        try {
            const response = await this.http(this.session.apiUrl, {
                method: 'POST',
                headers: { 'Content-Type': 'application/json' },
                body: JSON.stringify({
                    using: this.capabilities(),
                    methodCalls: calls.map(({ name, args, id }): Invocation => [name, args, id]),
                }),
            });
            const answer = (await response.json()) as { methodResponses: Invocation[] };
            settle(calls, answer.methodResponses);
        } catch (error) {
            for (const call of calls) call.reject(error as Error);
        }
    }

    /** What we use of what the server has: an unknown capability would refuse the request. */
    private capabilities(): string[] {
        return using.filter((name) => name in this.session.capabilities);
    }

    /** A request with the cookie and the header that other sites' pages cannot send. */
    async http(url: string, init: RequestInit): Promise<Response> {
        let response: Response;
        const headers = new Headers(init.headers);
        headers.set('X-Yubin', '1');
        try {
            response = await this.fetch(url, { ...init, headers, credentials: 'same-origin' });
        } catch (error) {
            this.onReach(false);
            throw new Unreachable(String(error));
        }
        this.onReach(response.status < 502 || response.status > 504);
        if (response.status === 401) {
            this.onSignedOut();
            throw new SignedOut('not signed in');
        }
        if (response.ok) return response;
        if (response.status >= 502 && response.status <= 504) throw new Unreachable(`status ${response.status}`);
        const problem = (await response.json().catch(() => ({}))) as { type?: string; detail?: string };
        throw new RequestRefused(response.status, problem.type ?? '', problem.detail ?? `status ${response.status}`);
    }

    downloadUrl(accountId: Id, blobId: Id, name: string, type: string): string {
        return expand(this.session.downloadUrl, { accountId, blobId, name, type });
    }

    uploadUrl(accountId: Id): string {
        return expand(this.session.uploadUrl, { accountId });
    }
}

function settle(calls: Call<unknown>[], responses: Invocation[]): void {
    const open = new Map(calls.map((call) => [call.id, call]));
    for (const [name, args, id] of responses) {
        const call = open.get(id);
        // The implicit Email/set after EmailSubmission/set has the same id: only the first counts.
        if (!call) continue;
        open.delete(id);
        if (name === 'error') {
            call.reject(new MethodRefused(call.name, String(args.type), String(args.description ?? '')));
        } else {
            call.resolve(args);
        }
    }
    for (const call of open.values()) call.reject(new MethodRefused(call.name, 'noAnswer', ''));
}

/** Level 1 URI template: each `{variable}` is put in percent-encoded. RFC 6570. */
export function expand(template: string, values: Record<string, string>): string {
    return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
}
