// A letter that is being written: its fields, how it is saved, and how it becomes an Email.
import { Unreachable } from '../jmap/client.ts';
import type { Email, EmailAddress, Id, Identity, SetAnswer } from '../jmap/types.ts';
import { upload } from '../jmap/upload.ts';
import { called, same, without } from './addresses.ts';
import { setErrorOf, type Mail } from './mail.svelte.ts';
import { plainOf } from './text.ts';

/** Saved this long after the last key, and at the latest this long after the first. */
const pauseMillis = 800;
const latestMillis = 1_800;

export interface Attachment {
    key: string;
    name: string;
    type: string;
    size: number;
    blobId: Id | null;
    /** 0 to 1 while octets travel. */
    progress: number;
    failed: boolean;
    stop: AbortController | null;
}

/** What a draft is when nobody looks at it; kept in IndexedDB and in the outbox. */
export interface DraftData {
    key: string;
    emailId: Id | null;
    identityId: Id | null;
    to: EmailAddress[];
    cc: EmailAddress[];
    bcc: EmailAddress[];
    subject: string;
    /** The text, or null when the letter has formatting. */
    text: string;
    html: string | null;
    attachments: { name: string; type: string; size: number; blobId: Id }[];
    messageId: string;
    inReplyTo: string[] | null;
    references: string[] | null;
    /** The letter that this answers or passes on. */
    about: { emailId: Id; keyword: '$answered' | '$forwarded' } | null;
}

export type Saving = { kind: 'clean' } | { kind: 'changed' } | { kind: 'saving' } | { kind: 'saved' } | { kind: 'here' } | { kind: 'refused'; reason: string };

export class Draft {
    readonly key: string;
    emailId: Id | null;
    identityId: Id | null = $state(null);
    to: EmailAddress[] = $state([]);
    cc: EmailAddress[] = $state([]);
    bcc: EmailAddress[] = $state([]);
    subject = $state('');
    text = $state('');
    html: string | null = $state(null);
    attachments: Attachment[] = $state([]);
    messageId: string;
    inReplyTo: string[] | null;
    references: string[] | null;
    about: DraftData['about'];
    saving: Saving = $state({ kind: 'clean' });
    private timer: ReturnType<typeof setTimeout> | undefined;
    private changedAt = 0;
    private running: Promise<void> = Promise.resolve();
    private version = 0;
    private closed = false;

    constructor(
        private readonly mail: Mail,
        data: Partial<DraftData> = {},
    ) {
        this.key = data.key ?? crypto.randomUUID();
        this.emailId = data.emailId ?? null;
        this.identityId = data.identityId ?? mail.identities[0]?.id ?? null;
        this.to = data.to ?? [];
        this.cc = data.cc ?? [];
        this.bcc = data.bcc ?? [];
        this.subject = data.subject ?? '';
        this.text = data.text ?? '';
        this.html = data.html ?? null;
        this.attachments = (data.attachments ?? []).map((file) => ({ ...file, key: crypto.randomUUID(), progress: 1, failed: false, stop: null }));
        this.messageId = data.messageId ?? freshMessageId(this.identity?.email);
        this.inReplyTo = data.inReplyTo ?? null;
        this.references = data.references ?? null;
        this.about = data.about ?? null;
    }

    get identity(): Identity | undefined {
        return this.mail.identities.find(({ id }) => id === this.identityId) ?? this.mail.identities[0];
    }

    get recipients(): EmailAddress[] {
        return [...this.to, ...this.cc, ...this.bcc];
    }

    get uploading(): boolean {
        return this.attachments.some((file) => file.blobId === null && !file.failed);
    }

    get empty(): boolean {
        return (
            this.recipients.length === 0 && !this.subject.trim() && this.attachments.length === 0 && !this.text.trim() && !(this.html && plainOf(this.html).trim())
        );
    }

    data(): DraftData {
        return $state.snapshot({
            key: this.key,
            emailId: this.emailId,
            identityId: this.identityId,
            to: this.to,
            cc: this.cc,
            bcc: this.bcc,
            subject: this.subject,
            text: this.html === null ? this.text : plainOf(this.html),
            html: this.html,
            attachments: this.attachments
                .filter((file) => file.blobId !== null)
                .map(({ name, type, size, blobId }) => ({ name, type, size, blobId: blobId! })),
            messageId: this.messageId,
            inReplyTo: this.inReplyTo,
            references: this.references,
            about: this.about,
        }) as DraftData;
    }

    /** Something was typed: it is saved soon. */
    changed(): void {
        if (this.closed) return;
        const now = Date.now();
        this.version++;
        if (this.saving.kind !== 'changed') {
            this.changedAt = now;
            this.saving = { kind: 'changed' };
        }
        clearTimeout(this.timer);
        this.timer = setTimeout(() => void this.save(), Math.min(pauseMillis, Math.max(0, this.changedAt + latestMillis - now)));
    }

    /** Saves now; one save at a time, each replaces the letter of the one before. */
    save(): Promise<void> {
        clearTimeout(this.timer);
        this.running = this.running.then(() => this.store());
        return this.running;
    }

    private async store(): Promise<void> {
        const drafts = this.mail.role('drafts');
        if (this.closed || !drafts || (this.empty && this.emailId === null)) return;
        const version = this.version;
        this.saving = { kind: 'saving' };
        try {
            const answer = await this.mail.client.call<SetAnswer<Email>>('Email/set', {
                accountId: this.mail.accountId,
                create: { d: emailOf(this.data(), this.identity, { [drafts.id]: true }, { $draft: true, $seen: true }) },
                ...(this.emailId ? { destroy: [this.emailId] } : {}),
            });
            const refused = answer.notCreated?.d;
            if (refused) {
                this.saving = { kind: 'refused', reason: refused.description ?? refused.type };
                return;
            }
            this.emailId = answer.created!.d!.id ?? null;
            await this.mail.cache.dropWaiting(this.waitingKey);
            this.saving = version === this.version ? { kind: 'saved' } : { kind: 'changed' };
        } catch (error) {
            if (error instanceof Unreachable) {
                await this.mail.cache.putWaiting({ key: this.waitingKey, kind: 'draft', data: this.data() } as { key: string });
                this.saving = { kind: 'here' };
            } else {
                this.saving = { kind: 'refused', reason: setErrorOf(error).description ?? '' };
            }
        }
    }

    private get waitingKey(): string {
        return `draft ${this.key}`;
    }

    /** No more saving: the letter was handed over or thrown away. */
    async close(): Promise<void> {
        this.closed = true;
        clearTimeout(this.timer);
        await this.running;
        await this.mail.cache.dropWaiting(this.waitingKey);
    }

    /** Removes the saved draft; `reopen` data lets the person take this back. */
    async discard(): Promise<void> {
        await this.close();
        for (const file of this.attachments) file.stop?.abort();
        if (this.emailId) await this.mail.destroy([this.emailId], new Set([this.emailId]));
    }

    attach(files: Iterable<File>): { tooLarge: File[] } {
        const most = this.mail.client.limits.maxSizeUpload;
        const tooLarge: File[] = [];
        for (const file of files) {
            if (file.size > most) tooLarge.push(file);
            else void this.upload(file);
        }
        return { tooLarge };
    }

    private async upload(file: File): Promise<void> {
        const stop = new AbortController();
        this.attachments.push({
            key: crypto.randomUUID(),
            name: file.name || 'attachment',
            type: file.type || 'application/octet-stream',
            size: file.size,
            blobId: null,
            progress: 0,
            failed: false,
            stop,
        });
        const entry = this.attachments.at(-1)!; // the reactive one
        try {
            const uploaded = await upload(this.mail.client.uploadUrl(this.mail.accountId), file, (part) => (entry.progress = part), stop.signal);
            entry.blobId = uploaded.blobId;
            entry.progress = 1;
            this.changed();
        } catch (error) {
            if ((error as Error).name !== 'AbortError') entry.failed = true;
        }
    }

    detach(key: string): void {
        const file = this.attachments.find((each) => each.key === key);
        file?.stop?.abort();
        this.attachments = this.attachments.filter((each) => each.key !== key);
        this.changed();
    }
}

export function freshMessageId(from: string | undefined): string {
    return `${crypto.randomUUID()}@${from?.split('@')[1] ?? 'localhost'}`;
}

/** The Email object of RFC 8621 §4.6 for this draft. */
export function emailOf(
    draft: DraftData,
    identity: Identity | undefined,
    mailboxIds: Record<Id, true>,
    keywords: Record<string, true>,
): Record<string, unknown> {
    const email: Record<string, unknown> = {
        mailboxIds,
        keywords,
        from: identity ? [{ name: identity.name || null, email: identity.email }] : null,
        to: draft.to.length ? draft.to : null,
        cc: draft.cc.length ? draft.cc : null,
        bcc: draft.bcc.length ? draft.bcc : null,
        subject: draft.subject,
        messageId: [draft.messageId],
        sentAt: withOffset(new Date()),
        bodyValues: { t: { value: draft.text } },
        textBody: [{ partId: 't', type: 'text/plain' }],
    };
    if (identity?.replyTo?.length) email.replyTo = identity.replyTo;
    if (draft.inReplyTo) email.inReplyTo = draft.inReplyTo;
    if (draft.references) email.references = draft.references;
    if (draft.html !== null) {
        (email.bodyValues as Record<string, unknown>).h = { value: draft.html };
        email.htmlBody = [{ partId: 'h', type: 'text/html' }];
    }
    if (draft.attachments.length > 0) {
        email.attachments = draft.attachments.map(({ blobId, name, type }) => ({ blobId, name, type, disposition: 'attachment' }));
    }
    return email;
}

/** A Date with its offset, as RFC 8620 §1.4 has it. */
function withOffset(date: Date): string {
    const minutes = -date.getTimezoneOffset();
    const two = (n: number): string => String(Math.trunc(Math.abs(n))).padStart(2, '0');
    const local = new Date(date.getTime() + minutes * 60_000).toISOString().replace(/\.\d+Z$/, '');
    return minutes === 0 ? `${local}Z` : `${local}${minutes < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
}

export type Answering = 'reply' | 'replyAll' | 'forward';

/** `Re:` and `Fwd:` once, whatever was there before in either language. */
export function answerSubject(subject: string | null, answering: Answering): string {
    const bare = (subject ?? '').replace(/^(\s*(re|aw|sv|fwd?|wg|返信|転送)(\[\d+\])?\s*[:：]\s*)+/i, '');
    return `${answering === 'forward' ? 'Fwd' : 'Re'}: ${bare}`;
}

/** Who gets the answer. RFC 5322 §3.6.2, §3.6.3: Reply-To before From; nobody is named twice, nor oneself. */
export function answerTo(email: Email, mine: string[], answering: Answering): { to: EmailAddress[]; cc: EmailAddress[] } {
    if (answering === 'forward') return { to: [], cc: [] };
    const from = email.from ?? [];
    const own = from.some((sender) => mine.some((address) => same(address, sender.email)));
    // Answering one's own letter goes on to those it was for.
    const to = own ? (email.to ?? []) : email.full?.replyTo?.length ? email.full.replyTo : from;
    if (answering === 'reply') return { to: without(to, []), cc: [] };
    const all = own ? to : [...to, ...(email.to ?? [])];
    const first = without(all, own ? [] : mine);
    const named = [...mine, ...first.map((person) => person.email)];
    return { to: first.length ? first : without(to, []), cc: without(email.full?.cc ?? [], named) };
}

/** The threading fields of an answer. RFC 5322 §3.6.4. */
export function threading(email: Email): { inReplyTo: string[] | null; references: string[] | null } {
    const id = email.full?.messageId ?? null;
    const before = email.full?.references ?? email.full?.inReplyTo ?? [];
    return { inReplyTo: id, references: id ? [...before.filter((each) => !id.includes(each)), ...id] : null };
}

/** The answered letter under the cursor, each line marked. */
export function quoted(text: string): string {
    return text
        .trimEnd()
        .split('\n')
        .map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`.trimEnd()))
        .join('\n');
}

/** The identity that the letter was written to, so that the answer comes from the same address. */
export function identityFor(email: Email, identities: Identity[]): Identity | undefined {
    const people = [...(email.to ?? []), ...(email.full?.cc ?? []), ...(email.from ?? [])];
    return identities.find((identity) => people.some((person) => same(person.email, identity.email))) ?? identities[0];
}

export function namesOf(people: EmailAddress[] | null): string {
    return (people ?? []).map(called).join(', ');
}
