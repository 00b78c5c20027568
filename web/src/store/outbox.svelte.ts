// Letters on their way out: held for a moment so that they can be taken back, kept when the network
// is away, handed in by one tab only, and never twice.
import { SignedOut, Unreachable } from '../jmap/client.ts';
import type { Email, EmailSubmission, Id, QueryAnswer, SetAnswer, SetError } from '../jmap/types.ts';
import { emailOf, type DraftData } from './draft.svelte.ts';
import { exclusively, setErrorOf, type Mail } from './mail.svelte.ts';

interface Entry {
    key: string;
    kind: 'send';
    draft: DraftData;
    /** Handed in not before this time, in milliseconds since 1970. */
    notBefore: number;
    /** For “send later”: when the server shall let it go. */
    sendAt: string | null;
    /** How long the server shall hold it, so that it can be taken back; 0: not at all. */
    holdSeconds: number;
    attempts: number;
}

export type Sent =
    | { kind: 'held'; seconds: number }
    | { kind: 'waiting' }
    | { kind: 'sent' }
    | { kind: 'refused'; error: SetError; draft: DraftData };

const retryMillis = 15_000;

export class Outbox {
    waiting = $state(0);
    /** Told when a letter that was held or waiting has left or was refused. */
    onSettled: (draft: DraftData, result: Sent) => void = () => undefined;
    private timer: ReturnType<typeof setTimeout> | undefined;
    /** Only where the device keeps nothing: else what lies in IndexedDB is the truth for all tabs. */
    private readonly inMemory = new Map<string, Entry>();
    /** Letters that the server was given and still holds, by the draft's key. */
    private readonly held = new Map<string, { submissionId: Id; emailId: Id; draft: DraftData }>();
    private readonly tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('yubin-outbox');

    constructor(private readonly mail: Mail) {
        mail.onBack = () => void this.flush();
        if (this.tabs) this.tabs.onmessage = () => void this.count();
    }

    /** Seconds for which the server itself can hold a letter. RFC 8621 §1.3.2, RFC 4865. */
    private get serverHolds(): number {
        const account = this.mail.client.session.accounts[this.mail.accountId];
        const submission = account?.accountCapabilities['urn:ietf:params:jmap:submission'] as { maxDelayedSend?: number } | undefined;
        return submission?.maxDelayedSend ?? 0;
    }

    get maySendLater(): boolean {
        return this.serverHolds >= 3_600;
    }

    /** Begins with what an earlier tab or an earlier day left. */
    async start(): Promise<void> {
        await this.count();
        await this.flush();
    }

    close(): void {
        clearTimeout(this.timer);
        this.tabs?.close();
    }

    /** Takes a letter; `undoSeconds` later it is handed in. */
    async take(draft: DraftData, undoSeconds: number, sendAt: string | null): Promise<Sent> {
        // Held by the server it leaves even when this tab is closed meanwhile.
        const serverHolds = this.serverHolds > undoSeconds && this.mail.online;
        const entry: Entry = {
            key: `send ${draft.key}`,
            kind: 'send',
            draft,
            notBefore: Date.now() + (serverHolds ? 0 : undoSeconds * 1_000),
            sendAt,
            holdSeconds: serverHolds ? undoSeconds : 0,
            attempts: 0,
        };
        await this.put(entry);
        await this.changed();
        if (undoSeconds > 0 && !serverHolds) {
            this.later(undoSeconds * 1_000);
            return { kind: 'held', seconds: undoSeconds };
        }
        let result = { kind: 'sent' } as Sent;
        await exclusively('yubin-outbox', async () => {
            const here = (await this.entries()).find(({ key }) => key === entry.key);
            if (here) result = await this.handIn(here);
        });
        if (result.kind === 'waiting') this.later(retryMillis);
        return result.kind === 'sent' && entry.holdSeconds > 0 ? { kind: 'held', seconds: undoSeconds } : result;
    }

    /** Takes a letter back while it is still here; null when it has left. */
    async takeBack(key: string): Promise<DraftData | null> {
        let back: DraftData | null = null;
        await exclusively('yubin-outbox', async () => {
            const entry = (await this.entries()).find((each) => each.key === `send ${key}`);
            if (!entry) return;
            await this.drop(entry.key);
            back = entry.draft;
        });
        await this.changed();
        return back ?? this.fromServer(key);
    }

    /** Takes a letter back that the server holds: it is canceled, and becomes a draft again. */
    private async fromServer(key: string): Promise<DraftData | null> {
        const held = this.held.get(key);
        if (!held || (await this.cancel(held.submissionId).catch(setErrorOf)) !== null) return null;
        this.held.delete(key);
        await this.mail.destroy([held.emailId], new Set([held.emailId]));
        return { ...held.draft, emailId: null };
    }

    private later(millis: number): void {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => void this.flush(), millis + 20);
    }

    /** Hands in all that is due. */
    async flush(): Promise<void> {
        await exclusively('yubin-outbox', async () => {
            const now = Date.now();
            let next = Infinity;
            for (const entry of await this.entries()) {
                if (entry.notBefore > now) {
                    next = Math.min(next, entry.notBefore - now);
                    continue;
                }
                const result = await this.handIn(entry);
                if (result.kind === 'waiting') next = Math.min(next, retryMillis);
                else this.onSettled(entry.draft, result);
            }
            if (next !== Infinity) this.later(next);
        });
    }

    private async entries(): Promise<Entry[]> {
        if (!this.mail.cache.keeps) return [...this.inMemory.values()];
        return (await this.mail.cache.waiting<Entry>()).filter((entry) => entry.kind === 'send');
    }

    private async put(entry: Entry): Promise<void> {
        if (this.mail.cache.keeps) await this.mail.cache.putWaiting(entry);
        else this.inMemory.set(entry.key, entry);
    }

    private async drop(key: string): Promise<void> {
        this.inMemory.delete(key);
        await this.mail.cache.dropWaiting(key);
    }

    private async changed(): Promise<void> {
        this.tabs?.postMessage('changed');
        await this.count();
    }

    private async count(): Promise<void> {
        this.waiting = (await this.entries()).length;
    }

    private async handIn(entry: Entry): Promise<Sent> {
        try {
            // After an attempt without an answer the letter may have left all the same.
            const error = entry.attempts > 0 && (await this.hasLeft(entry.draft)) ? null : await this.submit(entry);
            await this.drop(entry.key);
            return error ? { kind: 'refused', error, draft: entry.draft } : { kind: 'sent' };
        } catch (error) {
            if (error instanceof Unreachable || error instanceof SignedOut) {
                await this.put({ ...entry, attempts: entry.attempts + 1 });
                return { kind: 'waiting' };
            }
            await this.drop(entry.key);
            return { kind: 'refused', error: setErrorOf(error), draft: entry.draft };
        } finally {
            await this.changed();
        }
    }

    private async hasLeft(draft: DraftData): Promise<boolean> {
        const sent = this.mail.role('sent');
        if (!sent) return false;
        const answer = await this.mail.client.call<QueryAnswer>('Email/query', {
            accountId: this.mail.accountId,
            filter: { operator: 'AND', conditions: [{ inMailbox: sent.id }, { header: ['Message-ID', draft.messageId] }] },
            limit: 1,
        });
        return answer.ids.length > 0;
    }

    /** Writes the letter and hands it in, in one request. RFC 8621 §7.5. Null when all is well. */
    private async submit(entry: Entry): Promise<SetError | null> {
        const { draft } = entry;
        const { mail } = this;
        const { accountId } = mail;
        const identity = mail.identities.find(({ id }) => id === draft.identityId) ?? mail.identities[0];
        const drafts = mail.role('drafts');
        const sent = mail.role('sent');
        const home = drafts ?? sent;
        if (!home || !identity) return { type: 'forbiddenToSend' };
        const batch = mail.client.batch();
        const create = batch.add<SetAnswer<Email>>('Email/set', {
            accountId,
            create: { e: emailOf(draft, identity, { [home.id]: true }, { $draft: true, $seen: true }) },
            ...(draft.emailId ? { destroy: [draft.emailId] } : {}),
        });
        const onSuccess: Record<string, unknown> = { 'keywords/$draft': null };
        if (sent && sent !== home) {
            onSuccess[`mailboxIds/${home.id}`] = null;
            onSuccess[`mailboxIds/${sent.id}`] = true;
        }
        const people = [...draft.to, ...draft.cc, ...draft.bcc].map(({ email }) => ({ email }));
        const submission: Record<string, unknown> = { identityId: identity.id, emailId: '#e' };
        const parameters = entry.sendAt ? { HOLDUNTIL: entry.sendAt } : entry.holdSeconds > 0 ? { HOLDFOR: String(entry.holdSeconds) } : null;
        if (parameters) submission.envelope = { mailFrom: { email: identity.email, parameters }, rcptTo: people };
        const submit = batch.add<SetAnswer<EmailSubmission>>('EmailSubmission/set', {
            accountId,
            create: { s: submission },
            onSuccessUpdateEmail: { '#s': onSuccess },
        });
        if (draft.about) {
            batch.add('Email/set', { accountId, update: { [draft.about.emailId]: { [`keywords/${draft.about.keyword}`]: true } } });
        }
        batch.send();
        const created = await create.answer;
        const email = created.created?.e;
        if (!email) return created.notCreated?.e ?? { type: 'failed' };
        const submitted = await submit.answer;
        const refused = submitted.notCreated?.s;
        void mail.sync();
        const submissionId = submitted.created?.s?.id;
        if (submissionId && entry.holdSeconds > 0) this.held.set(draft.key, { submissionId, emailId: email.id, draft });
        if (!refused) return null;
        // It stays a draft: the person gets it back to correct it.
        draft.emailId = email.id;
        return refused;
    }

    /** Takes a letter back that the server holds. RFC 8621 §7: undoStatus. */
    async cancel(submissionId: Id): Promise<SetError | null> {
        const answer = await this.mail.client.call<SetAnswer<EmailSubmission>>('EmailSubmission/set', {
            accountId: this.mail.accountId,
            update: { [submissionId]: { undoStatus: 'canceled' } },
        });
        return answer.notUpdated?.[submissionId] ?? null;
    }
}
