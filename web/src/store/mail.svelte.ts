// The mail of one account: records, lists, and changes made at once.
import { SvelteMap } from 'svelte/reactivity';
import { Client, MethodRefused, SignedOut, Unreachable } from '../jmap/client.ts';
import { Push } from '../jmap/push.ts';
import {
    letterProperties,
    rowProperties,
    type BouncedAddress,
    type ChangesAnswer,
    type Comparator,
    type Email,
    type EmailSubmission,
    type Filter,
    type GetAnswer,
    type Id,
    type Identity,
    type Journey,
    type Letter,
    type Mailbox,
    type QueryAnswer,
    type Role,
    type SearchSnippet,
    type SetAnswer,
    type SetError,
    type StateChange,
    type Thread,
} from '../jmap/types.ts';
import { Cache } from './cache.ts';
import { coursesOf, type Course } from './journey.ts';
import { inverse, patched, recount, type Patch } from './patch.ts';
import { Query, windowRows, type Window } from './query.svelte.ts';

/** What became of a change. */
export type Outcome =
    | { kind: 'sent'; undo: () => Promise<Outcome> }
    | { kind: 'kept'; undo: () => Promise<Outcome> }
    | { kind: 'refused'; error: SetError };

export interface ListOf {
    mailboxId: Id | null;
    filter: Filter;
    collapse: boolean;
    /** True when hits shall be shown with their words marked. */
    snippets: boolean;
}

interface KeptChange {
    key: string;
    kind: 'change';
    update: Record<Id, Patch>;
}

const newest: Comparator[] = [{ property: 'receivedAt', isAscending: false }];
/** Names as other mail programs know them; people see words of their language. */
const standard: Partial<Record<Role, string>> = { drafts: 'Drafts', sent: 'Sent', archive: 'Archive', junk: 'Junk', trash: 'Trash' };
const queriesMost = 8;
const changesRounds = 20;

export class Mail {
    readonly emails = new SvelteMap<Id, Email>();
    readonly threads = new SvelteMap<Id, Id[]>();
    readonly mailboxes = new SvelteMap<Id, Mailbox>();
    readonly snippets = new SvelteMap<Id, SearchSnippet>();
    /** Addresses that were asked about, in small letters: how they failed, or null. */
    readonly failed = new SvelteMap<string, BouncedAddress | null>();
    identities: Identity[] = $state.raw([]);
    online = $state(true);
    /** True once the mailboxes are known, from the server or from this device. */
    ready = $state(false);
    /** Told of each letter that came into the inbox while this was open. */
    onNew: (email: Email) => void = () => undefined;
    onRefused: (error: SetError) => void = () => undefined;
    /** Told when the network is back and what waited has been sent. */
    onBack: () => void = () => undefined;
    private readonly queries = new Map<string, Query>();
    private readonly lists = new Map<string, ListOf>();
    private states: Record<string, string> = {};
    private push: Push | null = null;
    private syncing: Promise<void> | null = null;
    private syncAgain = false;
    private pending = 0;
    private madeMissing = false;

    constructor(
        readonly client: Client,
        readonly accountId: Id,
        readonly cache: Cache,
    ) {
        client.onReach = (reached) => this.reach(reached);
    }

    /** Shows what this device kept, then asks the server. */
    async start(): Promise<void> {
        const kept = await this.cache.thing<{ mailboxes: Mailbox[]; identities: Identity[] }>('start');
        if (kept && this.mailboxes.size === 0) {
            for (const mailbox of kept.mailboxes) this.mailboxes.set(mailbox.id, mailbox);
            this.identities = kept.identities;
            this.ready = true;
        }
        await this.sync();
        if (typeof EventSource !== 'undefined') {
            this.push = new Push(
                this.client.session.eventSourceUrl,
                (change) => this.changed(change),
                () => void this.sync(),
            );
        }
    }

    close(): void {
        this.push?.close();
        this.cache.close();
    }

    private reach(reached: boolean): void {
        if (reached === this.online) return;
        this.online = reached;
        if (reached) void this.comeBack();
    }

    /** The network is back: what waits goes first, so that the server's answer includes it. */
    async comeBack(): Promise<void> {
        await this.sendKept();
        this.onBack();
        await this.sync();
        for (const query of this.queries.values()) if (query.trouble) void query.refresh();
    }

    private changed(change: StateChange): void {
        const states = change.changed[this.accountId];
        if (!states) return;
        const known = Object.entries(states).every(([type, state]) => this.states[type] === state);
        if (!known) void this.sync();
    }

    // ---- following the server

    /** Asks what changed since the states we know. Calls while one runs become one more. */
    sync(): Promise<void> {
        if (this.syncing) {
            this.syncAgain = true;
            return this.syncing;
        }
        this.syncing = this.follow()
            .catch((error: unknown) => {
                if (!(error instanceof Unreachable || error instanceof SignedOut)) console.error('sync', error);
            })
            .finally(() => {
                this.syncing = null;
                if (this.syncAgain) {
                    this.syncAgain = false;
                    void this.sync();
                }
            });
        return this.syncing;
    }

    private async follow(): Promise<void> {
        const { accountId } = this;
        const batch = this.client.batch();
        const mailboxes = batch.add<GetAnswer<Mailbox>>('Mailbox/get', { accountId, ids: null });
        const identities =
            'urn:ietf:params:jmap:submission' in this.client.session.capabilities
                ? batch.add<GetAnswer<Identity>>('Identity/get', { accountId, ids: null })
                : null;
        const since = this.states.Email;
        const changes = since
            ? batch.add<ChangesAnswer>('Email/changes', { accountId, sinceState: since, maxChanges: 500 })
            : null;
        const state = since ? null : batch.add<GetAnswer<Email>>('Email/get', { accountId, ids: [] });
        batch.send();
        this.takeMailboxes(await mailboxes.answer);
        await this.makeMissing();
        if (identities) {
            const answer = await identities.answer.catch(() => null);
            if (answer) this.identities = answer.list;
        }
        this.ready = true;
        void this.cache.keepThing('start', { mailboxes: [...this.mailboxes.values()], identities: this.identities });
        if (state) this.states.Email = (await state.answer).state;
        if (!changes) return;
        try {
            await this.takeChanges(await changes.answer);
        } catch (error) {
            if (!(error instanceof MethodRefused) || error.type !== 'cannotCalculateChanges') throw error;
            // The server no longer knows our state: what we hold may be old.
            this.states.Email = (await this.client.call<GetAnswer<Email>>('Email/get', { accountId, ids: [] })).state;
            await this.refreshRows([...this.emails.keys()]);
            this.refreshQueries();
        }
    }

    /** A fresh account has an inbox only: what every letter needs sooner or later is made once. */
    private async makeMissing(): Promise<void> {
        const missing = (Object.keys(standard) as Role[]).filter((role) => !this.role(role));
        if (missing.length === 0 || this.madeMissing || this.client.session.accounts[this.accountId]?.isReadOnly) return;
        this.madeMissing = true;
        await this.client.call('Mailbox/set', {
            accountId: this.accountId,
            create: Object.fromEntries(missing.map((role) => [role, { name: standard[role], role, parentId: null }])),
        });
        this.takeMailboxes(await this.client.call<GetAnswer<Mailbox>>('Mailbox/get', { accountId: this.accountId, ids: null }));
    }

    private takeMailboxes(answer: GetAnswer<Mailbox>): void {
        // While changes of ours are on their way, our own counting is nearer to the truth.
        if (this.pending > 0 && this.mailboxes.size > 0) return;
        this.states.Mailbox = answer.state;
        const here = new Set(answer.list.map((mailbox) => mailbox.id));
        for (const id of this.mailboxes.keys()) if (!here.has(id)) this.mailboxes.delete(id);
        for (const mailbox of answer.list) {
            const known = this.mailboxes.get(mailbox.id);
            if (!known || JSON.stringify(known) !== JSON.stringify(mailbox)) this.mailboxes.set(mailbox.id, mailbox);
        }
    }

    private async takeChanges(first: ChangesAnswer): Promise<void> {
        let answer = first;
        const created: Id[] = [];
        const updated: Id[] = [];
        for (let round = 0; ; round++) {
            created.push(...answer.created);
            updated.push(...answer.updated);
            for (const id of answer.destroyed) this.drop(id);
            this.states.Email = answer.newState;
            if (!answer.hasMoreChanges || round >= changesRounds) break;
            answer = await this.client.call<ChangesAnswer>('Email/changes', {
                accountId: this.accountId,
                sinceState: answer.newState,
                maxChanges: 500,
            });
        }
        if (created.length === 0 && updated.length === 0 && first.destroyed.length === 0) return;
        await this.refreshRows([...updated, ...created].filter((id) => this.emails.has(id)));
        this.refreshQueries();
        await this.announce(created.filter((id) => !this.emails.has(id)).slice(0, windowRows));
    }

    private async announce(created: Id[]): Promise<void> {
        if (created.length === 0) return;
        const inbox = this.role('inbox');
        const { list } = await this.client.call<GetAnswer<Email>>('Email/get', {
            accountId: this.accountId,
            ids: created,
            properties: rowProperties,
        });
        this.takeRows(list);
        const threads = new Set(list.map((email) => email.threadId).filter((id) => this.threads.has(id)));
        if (threads.size > 0) await this.loadThreads([...threads]);
        for (const email of list) {
            if (inbox && email.mailboxIds[inbox.id] && !email.keywords.$seen) this.onNew(email);
        }
    }

    private async refreshRows(ids: Id[]): Promise<void> {
        const limit = Math.max(1, this.client.limits.maxObjectsInGet);
        for (let at = 0; at < ids.length; at += limit) {
            const { list, notFound } = await this.client.call<GetAnswer<Email>>('Email/get', {
                accountId: this.accountId,
                ids: ids.slice(at, at + limit),
                properties: ['id', 'mailboxIds', 'keywords'],
            });
            for (const { id, mailboxIds, keywords } of list) {
                const email = this.emails.get(id);
                if (email) this.emails.set(id, { ...email, mailboxIds, keywords });
            }
            for (const id of notFound) this.drop(id);
        }
    }

    private refreshQueries(): void {
        if (this.pending > 0) return; // asked again when our own changes have arrived
        for (const query of this.queries.values()) void query.refresh();
    }

    private drop(id: Id): void {
        const email = this.emails.get(id);
        if (!email) return;
        this.emails.delete(id);
        const thread = this.threads.get(email.threadId);
        if (thread) this.threads.set(email.threadId, thread.filter((other) => other !== id));
        void this.cache.dropEmails([id]);
    }

    private takeRows(list: Email[]): void {
        for (const email of list) {
            const known = this.emails.get(email.id);
            this.emails.set(email.id, known?.full ? { ...email, full: known.full } : email);
        }
        void this.cache.keepEmails(list.map((email) => $state.snapshot(this.emails.get(email.id)!) as Email));
    }

    // ---- lists

    /** The list for this filter; the last few stay at hand, so that going back is immediate. */
    query(list: ListOf): Query {
        const key = JSON.stringify([list.filter, list.collapse]);
        let query = this.queries.get(key);
        if (query) {
            this.queries.delete(key);
        } else {
            query = new Query(key, (position, limit) => this.window(key, position, limit));
            const fresh = query;
            void this.cache.thing<Window>(`query ${key}`).then(async (kept) => {
                if (!kept) return;
                await this.fromCache(kept.ids);
                fresh.standIn(kept);
            });
            for (const old of this.queries.keys()) {
                if (this.queries.size < queriesMost) break;
                this.queries.delete(old);
                this.lists.delete(old);
            }
        }
        this.queries.set(key, query);
        this.lists.set(key, list);
        return query;
    }

    private async fromCache(ids: Id[]): Promise<void> {
        const missing = ids.filter((id) => !this.emails.has(id));
        for (const email of await this.cache.emails(missing)) {
            if (this.emails.has(email.id)) continue;
            this.emails.set(email.id, email);
            if (!this.threads.has(email.threadId)) this.threads.set(email.threadId, [email.id]);
        }
    }

    /** Rows, their threads and the letters of these: one request. */
    private async window(key: string, position: number, limit: number): Promise<Window> {
        const { accountId } = this;
        const list = this.lists.get(key)!;
        const batch = this.client.batch();
        const query = batch.add<QueryAnswer>('Email/query', {
            accountId,
            filter: list.filter,
            sort: newest,
            collapseThreads: list.collapse,
            position,
            limit,
            calculateTotal: true,
        });
        const rows = batch.add<GetAnswer<Email>>('Email/get', {
            accountId,
            '#ids': query.ref('/ids'),
            properties: rowProperties,
        });
        const threads = list.collapse
            ? batch.add<GetAnswer<Thread>>('Thread/get', { accountId, '#ids': rows.ref('/list/*/threadId') })
            : null;
        const others = threads
            ? batch.add<GetAnswer<Email>>('Email/get', {
                  accountId,
                  '#ids': threads.ref('/list/*/emailIds'),
                  properties: rowProperties,
              })
            : null;
        const snippets = list.snippets
            ? batch.add<{ list: SearchSnippet[] }>('SearchSnippet/get', {
                  accountId,
                  filter: list.filter,
                  '#emailIds': query.ref('/ids'),
              })
            : null;
        batch.send();
        try {
            const answer = await query.answer;
            this.takeRows((await rows.answer).list);
            if (threads && others) {
                const known = (await threads.answer).list;
                // A long conversation may be more than one answer takes: then its rows come when opened.
                const more = await others.answer.catch(() => null);
                if (more) this.takeRows(more.list);
                for (const thread of known) this.threads.set(thread.id, thread.emailIds);
            }
            const found = snippets ? await snippets.answer.catch(() => null) : null;
            for (const snippet of found?.list ?? []) this.snippets.set(snippet.emailId, snippet);
            const window = { ids: answer.ids, total: answer.total ?? position + answer.ids.length, fresh: true };
            if (position === 0) void this.cache.keepThing(`query ${key}`, { ...window, fresh: false });
            return window;
        } catch (error) {
            if (!(error instanceof Unreachable) || position > 0) throw error;
            const kept = await this.cache.thing<Window>(`query ${key}`);
            if (!kept) throw error;
            await this.fromCache(kept.ids);
            return { ...kept, fresh: false };
        }
    }

    // ---- reading

    /** The letters of a conversation with their texts, oldest first. */
    async open(threadId: Id): Promise<Email[]> {
        let ids = this.threads.get(threadId);
        if (!ids || this.online) {
            try {
                await this.loadThreads([threadId]);
            } catch (error) {
                if (!(error instanceof Unreachable)) throw error;
            }
            ids = this.threads.get(threadId);
        }
        if (!ids) throw new Unreachable('not kept on this device');
        return ids.map((id) => this.emails.get(id)).filter((email) => email !== undefined);
    }

    private async loadThreads(threadIds: Id[]): Promise<void> {
        const { accountId } = this;
        const batch = this.client.batch();
        const threads = batch.add<GetAnswer<Thread>>('Thread/get', { accountId, ids: threadIds });
        const emails = batch.add<GetAnswer<Email>>('Email/get', {
            accountId,
            '#ids': threads.ref('/list/*/emailIds'),
            properties: rowProperties,
        });
        batch.send();
        const list = (await threads.answer).list;
        this.takeRows((await emails.answer).list);
        for (const thread of list) this.threads.set(thread.id, thread.emailIds);
    }

    /** Fetches texts of letters that have none yet; asks once for those of one call. */
    async read(ids: Id[]): Promise<void> {
        const missing = ids.filter((id) => !this.emails.get(id)?.full);
        if (missing.length === 0) return;
        try {
            const { list } = await this.client.call<GetAnswer<Email & Letter & Record<string, unknown>>>('Email/get', {
                accountId: this.accountId,
                ids: missing,
                properties: letterProperties,
                bodyProperties: ['partId', 'blobId', 'size', 'name', 'type', 'charset', 'disposition', 'cid'],
                fetchTextBodyValues: true,
                maxBodyValueBytes: 262_144,
            });
            this.takeRows(list.map(letterOf));
        } catch (error) {
            if (!(error instanceof Unreachable)) throw error;
            for (const email of await this.cache.emails(missing)) if (email.full) this.emails.set(email.id, email);
            if (missing.some((id) => !this.emails.get(id)?.full)) throw error;
        }
    }

    /** Reads the texts of what is likely opened next, without telling anybody when it fails. */
    prefetch(threadIds: Id[]): void {
        const ids = threadIds.flatMap((threadId) => {
            const all = (this.threads.get(threadId) ?? []).filter((id) => this.emails.has(id));
            const unread = all.filter((id) => !this.emails.get(id)!.keywords.$seen);
            return [...new Set([...unread, ...all.slice(-1)])].slice(-5);
        });
        if (this.online && ids.length > 0) this.read(ids).catch(() => undefined);
    }

    /** Where a sent letter is: from the steps our server tells, or from what any JMAP server knows. */
    async journey(email: Email, language: string): Promise<Course[]> {
        const { accountId } = this;
        const batch = this.client.batch();
        const query = batch.add<QueryAnswer>('EmailSubmission/query', { accountId, filter: { emailIds: [email.id] } });
        const get = batch.add<GetAnswer<EmailSubmission>>('EmailSubmission/get', { accountId, '#ids': query.ref('/ids') });
        const trace =
            'urn:yubin:params:jmap:trace' in this.client.session.capabilities
                ? batch.add<{ list: Journey[] }>('Journey/get', { accountId, emailIds: [email.id], language })
                : null;
        batch.send();
        const submissions = (await get.answer.catch(() => null))?.list ?? [];
        const journeys = trace ? (await trace.answer).list : [];
        return coursesOf(submissions, journeys, email);
    }

    /** Asks which of these addresses failed when this account wrote there; each is asked about once. */
    async askFailed(addresses: string[], language: string): Promise<void> {
        if (!this.online || !('urn:yubin:params:jmap:trace' in this.client.session.capabilities)) return;
        const fresh = [...new Set(addresses.map((address) => address.toLowerCase()))].filter((key) => !this.failed.has(key));
        if (fresh.length === 0) return;
        for (const key of fresh) this.failed.set(key, null);
        try {
            const { list } = await this.client.call<{ list: BouncedAddress[] }>('BouncedAddress/get', { accountId: this.accountId, addresses: fresh, language });
            for (const bounced of list) this.failed.set(bounced.address.toLowerCase(), bounced);
        } catch {
            // A warning that cannot be had stops nobody from writing; it is asked for again next time.
            for (const key of fresh) this.failed.delete(key);
        }
    }

    /** The person says that an address is right. */
    async addressIsRight(address: string): Promise<void> {
        this.failed.set(address.toLowerCase(), null);
        await this.client.call('BouncedAddress/forget', { accountId: this.accountId, address });
    }

    /** The person's own addresses: of the identities, and the one they sign in with. */
    get own(): string[] {
        return [...this.identities.map(({ email }) => email), this.client.session.username];
    }

    role(role: Role): Mailbox | undefined {
        for (const mailbox of this.mailboxes.values()) if (mailbox.role === role) return mailbox;
        return undefined;
    }

    // ---- changes

    /**
     * Changes letters at once on screen and then on the server. `leaves` are rows that go from the
     * lists on screen. What the server refuses is put back.
     */
    async change(update: Record<Id, Patch>, leaves: ReadonlySet<Id> = new Set()): Promise<Outcome> {
        const back: Record<Id, Patch> = {};
        for (const [id, patch] of Object.entries(update)) {
            const email = this.emails.get(id);
            if (!email) continue;
            back[id] = inverse(email, patch);
            this.put(email, patched(email, patch));
        }
        const rowsBack = leaves.size > 0 ? [...this.queries.values()].map((query) => query.take(leaves)) : [];
        const undo = async (): Promise<Outcome> => {
            const outcome = await this.change(back);
            this.refreshQueries();
            return outcome;
        };
        const restoreRows = (): void => rowsBack.forEach((restore) => restore());
        this.pending++;
        try {
            const refused = await this.send(update);
            if (!refused) {
                return {
                    kind: 'sent',
                    undo: () => {
                        restoreRows();
                        return undo();
                    },
                };
            }
            this.takeBack(back);
            restoreRows();
            return { kind: 'refused', error: refused };
        } catch (error) {
            if (error instanceof Unreachable && this.cache.keeps) {
                const kept: KeptChange = { key: `${Date.now().toString(36)} ${crypto.randomUUID()}`, kind: 'change', update };
                await this.cache.putWaiting(kept);
                return {
                    kind: 'kept',
                    undo: () => {
                        restoreRows();
                        return undo();
                    },
                };
            }
            this.takeBack(back);
            restoreRows();
            return { kind: 'refused', error: setErrorOf(error) };
        } finally {
            this.pending--;
            if (this.pending === 0 && this.online) void this.sync();
        }
    }

    private put(before: Email, after: Email): void {
        this.emails.set(after.id, after);
        for (const mailbox of this.mailboxes.values()) {
            const counted = recount(mailbox, before, after);
            if (counted !== mailbox) this.mailboxes.set(mailbox.id, counted);
        }
        if (after.full) void this.cache.keepEmails([$state.snapshot(after) as Email]);
    }

    private takeBack(back: Record<Id, Patch>): void {
        for (const [id, patch] of Object.entries(back)) {
            const email = this.emails.get(id);
            if (email) this.put(email, patched(email, patch));
        }
    }

    /** Sends updates, in as many calls as the server's bound asks for; the first refusal or null. */
    private async send(update: Record<Id, Patch>): Promise<SetError | null> {
        const entries = Object.entries(update);
        const limit = Math.max(1, this.client.limits.maxObjectsInSet);
        for (let at = 0; at < entries.length; at += limit) {
            const answer = await this.client.call<SetAnswer<Email>>('Email/set', {
                accountId: this.accountId,
                update: Object.fromEntries(entries.slice(at, at + limit)),
            });
            const refusals = Object.values(answer.notUpdated ?? {});
            // What is already gone needs no change any more.
            const real = refusals.find((error) => error.type !== 'notFound');
            if (real) return real;
        }
        return null;
    }

    private async sendKept(): Promise<void> {
        await exclusively('yubin-changes', async () => {
            for (const entry of await this.cache.waiting<KeptChange>()) {
                if (entry.kind !== 'change') continue;
                try {
                    const refused = await this.send(entry.update);
                    if (refused) this.onRefused(refused);
                } catch (error) {
                    if (error instanceof Unreachable || error instanceof SignedOut) return;
                    this.onRefused(setErrorOf(error));
                }
                await this.cache.dropWaiting(entry.key);
            }
        });
    }

    /** Removes letters for good. */
    async destroy(ids: Id[], leaves: ReadonlySet<Id>): Promise<SetError | null> {
        const limit = Math.max(1, this.client.limits.maxObjectsInSet);
        const restore = [...this.queries.values()].map((query) => query.take(leaves));
        try {
            for (let at = 0; at < ids.length; at += limit) {
                const answer = await this.client.call<SetAnswer<Email>>('Email/set', {
                    accountId: this.accountId,
                    destroy: ids.slice(at, at + limit),
                });
                const refusal = Object.values(answer.notDestroyed ?? {}).find((error) => error.type !== 'notFound');
                if (refusal) {
                    restore.forEach((back) => back());
                    return refusal;
                }
                for (const id of answer.destroyed ?? []) this.drop(id);
            }
            return null;
        } catch (error) {
            restore.forEach((back) => back());
            return setErrorOf(error);
        } finally {
            void this.sync();
        }
    }

    /** All letters in a mailbox, for “mark all as read” and “empty”. */
    async allIn(filter: Filter): Promise<Id[]> {
        const ids: Id[] = [];
        for (;;) {
            const answer = await this.client.call<QueryAnswer>('Email/query', {
                accountId: this.accountId,
                filter,
                sort: newest,
                position: ids.length,
                limit: 1_000,
            });
            ids.push(...answer.ids);
            if (answer.ids.length === 0 || (answer.limit === undefined && answer.ids.length < 1_000)) return ids;
        }
    }

    // ---- mailboxes and identities

    async setMailbox(args: {
        create?: Record<string, Partial<Mailbox>>;
        update?: Record<Id, Partial<Mailbox>>;
        destroy?: Id[];
        onDestroyRemoveEmails?: boolean;
    }): Promise<SetError | null> {
        return this.set('Mailbox/set', args);
    }

    async setIdentity(id: Id, update: Partial<Identity>): Promise<SetError | null> {
        return this.set('Identity/set', { update: { [id]: update } });
    }

    private async set(method: string, args: Record<string, unknown>): Promise<SetError | null> {
        try {
            const answer = await this.client.call<SetAnswer<unknown>>(method, { accountId: this.accountId, ...args });
            await this.sync();
            return (
                Object.values({ ...answer.notCreated, ...answer.notUpdated, ...answer.notDestroyed })[0] ?? null
            );
        } catch (error) {
            return setErrorOf(error);
        }
    }
}

/** Only one tab at a time does this; without locks each does it, and the server has the last word. */
export async function exclusively(name: string, work: () => Promise<void>): Promise<void> {
    if (typeof navigator !== 'undefined' && navigator.locks) await navigator.locks.request(name, work);
    else await work();
}

export function setErrorOf(error: unknown): SetError {
    if (error instanceof Unreachable) return { type: 'unreachable' };
    if (error instanceof MethodRefused) return { type: error.type, description: error.message };
    return { type: 'failed', description: (error as Error).message };
}

function letterOf(answer: Email & Letter & Record<string, unknown>): Email {
    const row = Object.fromEntries(rowProperties.map((name) => [name, answer[name]])) as unknown as Email;
    return {
        ...row,
        full: {
            cc: answer.cc,
            bcc: answer.bcc,
            replyTo: answer.replyTo,
            messageId: answer.messageId,
            inReplyTo: answer.inReplyTo,
            references: answer.references,
            textBody: answer.textBody ?? [],
            htmlBody: answer.htmlBody ?? [],
            attachments: answer.attachments ?? [],
            bodyValues: answer.bodyValues ?? {},
            listUnsubscribe: (answer['header:List-Unsubscribe:asURLs'] as string[] | null) ?? null,
            oneClick: /^\s*List-Unsubscribe=One-Click\s*$/i.test(
                String(answer['header:List-Unsubscribe-Post:asText'] ?? ''),
            ),
        },
    };
}
