// What the person looks at and does: the list, the open conversation, the selection, each action
// with its way back. The views show it, keys and palette call it.
import { SvelteSet } from 'svelte/reactivity';
import { unsubscribe } from '../jmap/session.ts';
import type { Email, Filter, Id, Mailbox, Role, SetError } from '../jmap/types.ts';
import { longDate, t, type Word } from '../locales/index.svelte.ts';
import { called, parseAddresses, written } from '../store/addresses.ts';
import { answerSubject, answerTo, Draft, freshMessageId, identityFor, quoted, threading, type Answering, type DraftData } from '../store/draft.svelte.ts';
import { setErrorOf, type Mail, type Outcome } from '../store/mail.svelte.ts';
import type { Outbox } from '../store/outbox.svelte.ts';
import { pointer, type Patch } from '../store/patch.ts';
import { preferences } from '../store/preferences.svelte.ts';
import type { Query } from '../store/query.svelte.ts';
import { searchFilter } from '../store/search.ts';
import { escaped, plainOf } from '../store/text.ts';
import { dismiss, toast } from '../ui/toasts.svelte.ts';
import { readPlace, writePlace, type Place, type Where } from './place.svelte.ts';
import { mailboxName, why } from './words.ts';

export type Quick = 'all' | 'unread' | 'starred' | 'attachment';
const composersMost = 3;
const prefetched = 4;

export class Reader {
    place: Place = $state.raw(readPlace(location.hash));
    quick: Quick = $state('all');
    /** The row that j and k move; the open one while a conversation is open. */
    cursor: Id | null = $state(null);
    readonly selected = new SvelteSet<Id>();
    drafts: Draft[] = $state([]);
    dialog: 'keys' | 'palette' | 'move' | null = $state(null);
    drawer = $state(false);
    /** The last way back, for the key z. */
    private undo: (() => void) | null = null;
    private lastSelected: Id | null = null;

    constructor(
        readonly mail: Mail,
        readonly outbox: Outbox,
    ) {
        outbox.onSettled = (draft, sent) => {
            if (sent.kind === 'sent') toast(t('write.sent'));
            if (sent.kind === 'refused') this.refusedLetter(draft, sent.error);
        };
        mail.onRefused = (error) => this.refused(error);
    }

    // ---- place

    go(where: Where, thread: Id | null = null): void {
        location.hash = writePlace(where, thread);
    }

    /** The address changed: by a link, a key or the browser's own buttons. */
    moved(): void {
        const before = JSON.stringify(this.place.where);
        const mailto = /^#\/compose\?mailto=(.+)$/.exec(location.hash);
        if (mailto) {
            this.writeTo(decodeURIComponent(mailto[1]!));
            history.replaceState(null, '', '#/inbox');
        }
        this.place = readPlace(location.hash);
        this.drawer = false;
        if (JSON.stringify(this.place.where) !== before) {
            this.selected.clear();
            this.cursor = null;
            this.quick = 'all';
        }
    }

    get mailbox(): Mailbox | undefined {
        const { where } = this.place;
        if (where.kind !== 'mailbox') return undefined;
        return where.mailbox.startsWith('m:')
            ? this.mail.mailboxes.get(where.mailbox.slice(2))
            : this.mail.role(where.mailbox as Role);
    }

    get title(): string {
        const { where } = this.place;
        if (where.kind === 'search') return t('search.results', { query: where.query });
        if (where.kind === 'starred') return t('starred');
        return this.mailbox ? mailboxName(this.mailbox) : '';
    }

    get outgoing(): boolean {
        return this.mailbox?.role === 'sent' || this.mailbox?.role === 'drafts';
    }

    /** The list of this place; null until its mailbox is known. */
    readonly query: Query | null = $derived.by(() => {
        const filter = this.filter();
        if (!filter) return null;
        const collapse = preferences.conversations && this.mailbox?.role !== 'drafts';
        const query = this.mail.query({
            mailboxId: this.mailbox?.id ?? null,
            filter,
            collapse,
            snippets: this.place.where.kind === 'search',
        });
        return query;
    });

    private filter(): Filter | null {
        const { where } = this.place;
        const conditions: Filter[] = [];
        if (where.kind === 'mailbox') {
            if (!this.mailbox) return null;
            conditions.push({ inMailbox: this.mailbox.id });
        } else {
            const hidden = [this.mail.role('trash')?.id, this.mail.role('junk')?.id].filter((id) => id !== undefined);
            if (where.kind === 'starred') {
                conditions.push({ hasKeyword: '$flagged' });
            } else {
                const found = searchFilter(where.query, this.mail.mailboxes.values(), mailboxName);
                if (!found) return null;
                conditions.push(found);
            }
            if (hidden.length > 0 && !/(^|\s)(in|フォルダ)[:：]/.test(where.kind === 'search' ? where.query : '')) {
                conditions.push({ inMailboxOtherThan: hidden });
            }
        }
        if (this.quick === 'unread') conditions.push({ notKeyword: '$seen' });
        if (this.quick === 'starred') conditions.push({ hasKeyword: '$flagged' });
        if (this.quick === 'attachment') conditions.push({ hasAttachment: true });
        return conditions.length === 1 ? conditions[0]! : { operator: 'AND', conditions };
    }

    // ---- reading

    /** The letters of the row's conversation that are known here, oldest first. */
    conversation(id: Id): Email[] {
        const email = this.mail.emails.get(id);
        if (!email) return [];
        const ids = this.query && preferences.conversations ? (this.mail.threads.get(email.threadId) ?? [id]) : [id];
        const all = ids.map((each) => this.mail.emails.get(each)).filter((each) => each !== undefined);
        const junk = [this.mail.role('trash')?.id, this.mail.role('junk')?.id];
        if (this.mailbox && junk.includes(this.mailbox.id)) return all;
        const seen = all.filter((each) => !Object.keys(each.mailboxIds).every((box) => junk.includes(box)));
        return seen.length ? seen : all;
    }

    openRow(id: Id): void {
        const email = this.mail.emails.get(id);
        if (!email) return;
        this.cursor = id;
        if (email.keywords.$draft && this.conversation(id).length === 1) {
            void this.editDraft(email);
            return;
        }
        const next = writePlace(this.place.where, email.threadId);
        // From one conversation to the next the browser's back button leads to the list.
        if (this.place.thread) {
            history.replaceState(null, '', next);
            this.moved();
        } else {
            location.hash = next;
        }
        this.ahead(id);
    }

    private ahead(id: Id): void {
        const at = this.query?.indexOf(id) ?? -1;
        if (at < 0) return;
        const threads: Id[] = [];
        for (let more = 1; more <= prefetched; more++) {
            const row = this.query!.at(at + more);
            const email = row ? this.mail.emails.get(row) : undefined;
            if (email) threads.push(email.threadId);
        }
        this.mail.prefetch(threads);
    }

    closeThread(): void {
        if (this.place.thread) location.hash = writePlace(this.place.where);
    }

    /** Moves the cursor; opens the row when a conversation is open already. */
    step(by: 1 | -1): void {
        const { query } = this;
        if (!query || !query.total) return;
        const at = this.cursor ? query.indexOf(this.cursor) : -1;
        const to = Math.min(Math.max(0, at + by), query.total - 1);
        const id = query.at(to);
        if (!id) {
            query.ensure(to, to);
            return;
        }
        this.cursor = id;
        if (this.place.thread) this.openRow(id);
    }

    toggle(id: Id, range = false): void {
        const { query } = this;
        if (range && this.lastSelected && query) {
            const [a, b] = [query.indexOf(this.lastSelected), query.indexOf(id)].sort((x, y) => x - y) as [number, number];
            for (let at = a; at >= 0 && at <= b; at++) {
                const row = query.at(at);
                if (row) this.selected.add(row);
            }
        } else if (!this.selected.delete(id)) {
            this.selected.add(id);
        }
        this.lastSelected = id;
    }

    selectAll(): void {
        for (const id of this.query?.known() ?? []) this.selected.add(id);
    }

    // ---- actions

    /** The rows an action is for: the selected ones, else the one at the cursor. */
    get targets(): Id[] {
        if (this.selected.size > 0) return [...this.selected];
        return this.cursor ? [this.cursor] : [];
    }

    /** The letters of these rows that lie in the mailbox on screen. */
    private lettersOf(rows: Id[]): Email[] {
        const box = this.mailbox?.id;
        return rows.flatMap((row) => {
            const all = this.conversation(row);
            const here = box ? all.filter((email) => email.mailboxIds[box]) : all.filter((email) => !email.keywords.$draft);
            return here.length ? here : all.filter(({ id }) => id === row);
        });
    }

    /** Shows what comes after rows that leave, as the open conversation if one was open. */
    private leave(rows: Id[]): ReadonlySet<Id> {
        const leaving = new Set(rows);
        const { query } = this;
        this.selected.clear();
        if (query && this.cursor && leaving.has(this.cursor)) {
            const at = query.indexOf(this.cursor);
            let next: Id | null = null;
            for (let to = at + 1; to < (query.total ?? 0) && !next; to++) {
                const id = query.at(to);
                if (id === undefined) break;
                if (!leaving.has(id)) next = id;
            }
            for (let to = at - 1; to >= 0 && !next; to--) {
                const id = query.at(to);
                if (id !== undefined && !leaving.has(id)) next = id;
            }
            this.cursor = next;
            if (this.place.thread) {
                if (next && innerWidth >= 800) this.openRow(next);
                else this.closeThread();
            }
        }
        return leaving;
    }

    private async perform(rows: Id[], patch: (email: Email) => Patch, word: Word, leaves: boolean, values: Record<string, string> = {}): Promise<void> {
        const update: Record<Id, Patch> = {};
        for (const email of this.lettersOf(rows)) {
            const each = patch(email);
            if (Object.keys(each).length > 0) update[email.id] = each;
        }
        if (Object.keys(update).length === 0) return;
        const leaving = leaves ? this.leave(rows) : new Set<Id>();
        await this.report(this.mail.change(update, leaving), t(word, values));
    }

    /** Says at once what was done, as the screen shows it already; the way back waits for the answer. */
    private async report(change: Promise<Outcome>, done: string): Promise<void> {
        const undo = (): void => {
            this.undo = null;
            dismiss(id);
            void change
                .then((outcome) => (outcome.kind === 'refused' ? outcome : outcome.undo()))
                .then((result) => {
                    if (result.kind !== 'refused') toast(t('done.undone'));
                });
        };
        this.undo = undo;
        const id = toast(done, { action: { label: t('undo'), act: undo } });
        const outcome = await change;
        if (outcome.kind === 'kept') toast(t('done.kept'));
        if (outcome.kind !== 'refused') return;
        if (this.undo === undo) this.undo = null;
        dismiss(id);
        this.refused(outcome.error);
    }

    private refused(error: SetError): void {
        toast(t('refused', { reason: why(error) }), { tone: 'trouble' });
    }

    undoLast(): void {
        this.undo?.();
    }

    /** The mailbox with this role, made when the account has none. */
    private async boxFor(role: Role, name: string): Promise<Mailbox | undefined> {
        const found = this.mail.role(role);
        if (found) return found;
        const refused = await this.mail.setMailbox({ create: { m: { name, role, parentId: null } as Partial<Mailbox> } });
        if (refused) this.refused(refused);
        return this.mail.role(role);
    }

    async archive(rows = this.targets): Promise<void> {
        const archive = await this.boxFor('archive', 'Archive');
        if (archive) await this.moveTo(archive, rows, 'done.archived');
    }

    async spam(rows = this.targets): Promise<void> {
        if (this.mailbox?.role === 'junk') {
            const inbox = this.mail.role('inbox');
            if (!inbox) return;
            await this.perform(rows, () => ({ mailboxIds: { [inbox.id]: true }, 'keywords/$junk': null, 'keywords/$notjunk': true }), 'done.notSpam', true);
            return;
        }
        const junk = await this.boxFor('junk', 'Junk');
        if (!junk) return;
        await this.perform(rows, () => ({ mailboxIds: { [junk.id]: true }, 'keywords/$junk': true, 'keywords/$notjunk': null }), 'done.spam', true);
    }

    async moveTo(target: Mailbox, rows = this.targets, word: Word = 'done.moved'): Promise<void> {
        const box = this.mailbox;
        if (box?.id === target.id) return;
        await this.perform(
            rows,
            (email) =>
                box && email.mailboxIds[box.id]
                    ? { [`mailboxIds/${pointer(box.id)}`]: null, [`mailboxIds/${pointer(target.id)}`]: true }
                    : { mailboxIds: { [target.id]: true } },
            word,
            box !== undefined,
            { name: mailboxName(target) },
        );
    }

    async trash(rows = this.targets): Promise<void> {
        const trash = await this.boxFor('trash', 'Trash');
        if (!trash) return;
        if (this.mailbox?.id === trash.id) {
            await this.destroy(rows);
            return;
        }
        await this.perform(rows, () => ({ mailboxIds: { [trash.id]: true } }), 'done.deleted', true);
    }

    private async destroy(rows: Id[]): Promise<void> {
        const ids = this.lettersOf(rows).map(({ id }) => id);
        if (ids.length === 0 || !confirm(t('mailbox.emptySure', { name: this.title, n: ids.length }))) return;
        const refused = await this.mail.destroy(ids, this.leave(rows));
        if (refused) this.refused(refused);
        else toast(t('done.destroyed'));
    }

    async star(rows = this.targets): Promise<void> {
        const all = rows.flatMap((row) => this.conversation(row));
        const starred = all.some((email) => email.keywords.$flagged);
        const last = new Set(rows.map((row) => this.conversation(row).at(-1)?.id));
        await this.change(
            all.filter((email) => (starred ? email.keywords.$flagged : last.has(email.id))),
            { 'keywords/$flagged': starred ? null : true },
            starred ? 'done.unstarred' : 'done.starred',
        );
    }

    async starLetter(email: Email): Promise<void> {
        const starred = email.keywords.$flagged;
        await this.change([email], { 'keywords/$flagged': starred ? null : true }, starred ? 'done.unstarred' : 'done.starred');
    }

    private async change(emails: Email[], patch: Patch, word: Word): Promise<void> {
        if (emails.length === 0) return;
        await this.report(this.mail.change(Object.fromEntries(emails.map(({ id }) => [id, patch]))), t(word));
    }

    async markRead(read: boolean, rows = this.targets): Promise<void> {
        const emails = rows.flatMap((row) => {
            const all = this.conversation(row);
            return read ? all.filter((email) => !email.keywords.$seen) : all.slice(-1);
        });
        await this.change(emails, { 'keywords/$seen': read ? true : null }, read ? 'done.read' : 'done.unread');
        this.selected.clear();
        if (!read) this.closeThread();
    }

    /** A letter was looked at: no words about it, and nothing to take back. */
    async seen(emails: Email[]): Promise<void> {
        const unread = emails.filter((email) => !email.keywords.$seen);
        if (unread.length === 0) return;
        const outcome = await this.mail.change(Object.fromEntries(unread.map(({ id }) => [id, { 'keywords/$seen': true }])));
        if (outcome.kind === 'refused') console.warn('not marked as read', outcome.error);
    }

    async readAll(mailbox: Mailbox): Promise<void> {
        const ids = await this.mail.allIn({ operator: 'AND', conditions: [{ inMailbox: mailbox.id }, { notKeyword: '$seen' }] });
        if (ids.length === 0) return;
        await this.report(this.mail.change(Object.fromEntries(ids.map((id) => [id, { 'keywords/$seen': true as const }]))), t('done.read'));
    }

    async empty(mailbox: Mailbox): Promise<void> {
        if (!confirm(t('mailbox.emptySure', { name: mailboxName(mailbox), n: mailbox.totalEmails }))) return;
        const ids = await this.mail.allIn({ inMailbox: mailbox.id });
        const refused = await this.mail.destroy(ids, new Set(ids));
        if (refused) this.refused(refused);
        else toast(t('done.destroyed'));
    }

    async unsubscribe(email: Email): Promise<void> {
        if (!confirm(t('letter.unsubscribeSure'))) return;
        try {
            await unsubscribe(this.mail.accountId, email.id);
            toast(t('letter.unsubscribed'));
        } catch {
            toast(t('letter.unsubscribeFailed'), { tone: 'trouble' });
        }
    }

    // ---- writing

    write(data: Partial<DraftData> = {}): Draft {
        const known = data.emailId ? this.drafts.find((draft) => draft.emailId === data.emailId) : undefined;
        if (known) return known;
        const identity = this.mail.identities.find(({ id }) => id === data.identityId) ?? this.mail.identities[0];
        const signature = identity?.textSignature ? `\n\n-- \n${identity.textSignature}` : '';
        const rich = preferences.richText && data.html === undefined && data.text === undefined;
        const draft = new Draft(this.mail, {
            ...data,
            text: data.text ?? signature,
            html: rich ? `<p><br></p>${signature ? `<p>-- <br>${escaped(identity!.textSignature).replaceAll('\n', '<br>')}</p>` : ''}` : (data.html ?? null),
        });
        if (this.drafts.length >= composersMost) void this.putAway(this.drafts[0]!);
        this.drafts.push(draft);
        return draft;
    }

    /** Closes a composer; what was written stays in the drafts. */
    async putAway(draft: Draft): Promise<void> {
        this.drafts = this.drafts.filter((each) => each.key !== draft.key);
        if (draft.saving.kind === 'changed') await draft.save();
        if (draft.saving.kind === 'refused') toast(t('write.notSaved', { reason: draft.saving.reason }), { tone: 'trouble' });
        if (draft.saving.kind === 'saved') toast(t('write.saved'));
        if (draft.saving.kind !== 'here') await draft.close();
        void this.mail.sync();
    }

    async discard(draft: Draft): Promise<void> {
        this.drafts = this.drafts.filter((each) => each.key !== draft.key);
        const data = { ...draft.data(), emailId: null, key: crypto.randomUUID() };
        const empty = draft.empty;
        await draft.discard();
        if (!empty) {
            toast(t('write.discarded'), {
                action: {
                    label: t('undo'),
                    act: () => this.write(data).changed(),
                },
            });
        }
    }

    /** Hands a letter to the outbox and offers to take it back. */
    async send(draft: Draft, sendAt: string | null = null): Promise<void> {
        await draft.close();
        this.drafts = this.drafts.filter((each) => each.key !== draft.key);
        const data = draft.data();
        const sent = await this.outbox.take(data, sendAt ? 0 : preferences.undoSeconds, sendAt);
        const takeBack = (): void => {
            this.undo = null;
            void this.outbox.takeBack(data.key).then((back) => {
                if (back) {
                    this.write(back);
                    toast(t('write.takenBack'));
                } else {
                    toast(t('write.tooLate'), { tone: 'trouble' });
                }
            });
        };
        if (sent.kind === 'refused') this.refusedLetter(sent.draft, sent.error);
        else if (sent.kind === 'waiting') toast(t('write.kept'));
        else if (sendAt) toast(t('write.scheduledFor', { when: longDate(sendAt) }));
        else if (sent.kind === 'sent') toast(t('write.sent'));
        else {
            this.undo = takeBack;
            toast(t('write.sending'), { action: { label: t('undo'), act: takeBack }, seconds: sent.seconds });
        }
    }

    private refusedLetter(draft: DraftData, error: SetError): void {
        toast(t('refused', { reason: why(error) }), { tone: 'trouble' });
        this.write(draft);
    }

    async answer(email: Email, answering: Answering): Promise<void> {
        try {
            await this.mail.read([email.id]);
        } catch {
            toast(t('letter.offline'), { tone: 'trouble' });
            return;
        }
        const letter = this.mail.emails.get(email.id)!;
        const mine = this.mail.own;
        const identity = identityFor(letter, this.mail.identities);
        const { to, cc } = answerTo(letter, mine, answering);
        const text = await this.textOf(letter);
        const from = letter.from?.[0];
        const when = longDate(letter.sentAt ?? letter.receivedAt);
        const signature = identity?.textSignature ? `\n\n-- \n${identity.textSignature}` : '';
        const before =
            answering === 'forward'
                ? [
                      t('quote.forwarded'),
                      `${t('letter.from')}: ${(letter.from ?? []).map(written).join(', ')}`,
                      `${t('letter.date')}: ${when}`,
                      `${t('letter.to')}: ${(letter.to ?? []).map(written).join(', ')}`,
                      `${t('letter.subject')}: ${letter.subject ?? ''}`,
                      '',
                      text,
                  ].join('\n')
                : `${t('quote.wrote', { date: when, name: from ? called(from) : t('nosender') })}\n${quoted(text)}`;
        this.write({
            identityId: identity?.id ?? null,
            to,
            cc,
            subject: answerSubject(letter.subject, answering),
            text: `${signature}\n\n${before}\n`,
            attachments:
                answering === 'forward'
                    ? letter.full!.attachments
                          .filter((part) => part.blobId !== null)
                          .map((part) => ({ name: part.name ?? 'attachment', type: part.type, size: part.size, blobId: part.blobId! }))
                    : [],
            ...threading(letter),
            about: { emailId: letter.id, keyword: answering === 'forward' ? '$forwarded' : '$answered' },
        });
    }

    /** The text of a letter as plain text, also when it has only HTML. */
    private async textOf(email: Email): Promise<string> {
        const parts = email.full!.textBody;
        let text = '';
        for (const part of parts) {
            const value = part.partId ? email.full!.bodyValues[part.partId]?.value : undefined;
            if (value === undefined) continue;
            text += part.type === 'text/html' ? plainOf(value) : value;
        }
        return text.replace(/\r\n?/g, '\n');
    }

    /** A letter that came back, as a new one to correct. */
    async sendAgain(email: Email): Promise<void> {
        const copy = await this.copyOf(email);
        if (copy) this.write({ ...copy, emailId: null, messageId: freshMessageId(email.from?.[0]?.email) });
    }

    /** Takes back a letter that the server holds, and opens it again. */
    async callBack(email: Email, submissionId: Id): Promise<void> {
        const copy = await this.copyOf(email);
        const refused = await this.outbox.cancel(submissionId).catch(setErrorOf);
        if (refused || !copy) {
            toast(t('write.tooLate'), { tone: 'trouble' });
            return;
        }
        this.closeThread();
        await this.mail.destroy([email.id], new Set([email.id]));
        this.write({ ...copy, emailId: null }).changed();
        toast(t('write.takenBack'));
    }

    async editDraft(email: Email): Promise<void> {
        const copy = await this.copyOf(email);
        if (copy) this.write({ ...copy, emailId: email.id });
    }

    /** What is in a letter, for the composer; null when it cannot be read now. */
    private async copyOf(email: Email): Promise<Partial<DraftData> | null> {
        try {
            await this.mail.read([email.id]);
        } catch {
            toast(t('letter.offline'), { tone: 'trouble' });
            return null;
        }
        const letter = this.mail.emails.get(email.id)!;
        const full = letter.full!;
        const html = full.htmlBody.find((part) => part.type === 'text/html');
        const identity = this.mail.identities.find((each) => each.email === letter.from?.[0]?.email);
        let htmlText: string | null = null;
        if (html?.blobId) {
            const url = this.mail.client.downloadUrl(this.mail.accountId, html.blobId, 'draft.html', 'text/html');
            const { cleaned } = await import('./composer/clean.ts');
            htmlText = cleaned(await (await this.mail.client.http(url, {})).text());
        }
        return {
            identityId: identity?.id ?? null,
            to: letter.to ?? [],
            cc: full.cc ?? [],
            bcc: full.bcc ?? [],
            subject: letter.subject ?? '',
            text: await this.textOf(letter),
            html: htmlText,
            attachments: full.attachments
                .filter((part) => part.blobId !== null)
                .map((part) => ({ name: part.name ?? 'attachment', type: part.type, size: part.size, blobId: part.blobId! })),
            ...(full.messageId?.[0] ? { messageId: full.messageId[0] } : {}),
            inReplyTo: full.inReplyTo,
            references: full.references,
        };
    }

    /** `mailto:ann@example.com?subject=…`. RFC 6068. */
    writeTo(uri: string): void {
        const match = /^(?:mailto:)?([^?]*)(?:\?(.*))?$/is.exec(uri);
        const fields = new URLSearchParams((match?.[2] ?? '').replaceAll('+', '%2B'));
        const list = (name: string): DraftData['to'] => parseAddresses(fields.get(name) ?? '').addresses;
        let to = match?.[1] ?? '';
        try {
            to = decodeURIComponent(to);
        } catch {
            // not percent-encoded after all
        }
        const body = fields.get('body');
        this.write({
            to: [...parseAddresses(to).addresses, ...list('to')],
            cc: list('cc'),
            bcc: list('bcc'),
            subject: fields.get('subject') ?? '',
            ...(body ? { text: body.replace(/\r\n?/g, '\n') } : {}),
        }).changed();
    }
}
