// Somebody else's JMAP library, jmap-jam, talks with a real post office.
import { JamClient } from 'jmap-jam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Office } from './office.mjs';

/** The library knows bearer tokens only: we say Basic, with the same class. RFC 7617. */
class Basic extends JamClient {
    constructor(url, name, password) {
        const sessionUrl = `${url}/.well-known/jmap`;
        super({ bearerToken: 'none', sessionUrl });
        this.session.catch(() => {}); // asked for with the token
        this.authHeader = `Basic ${btoa(`${name}:${password}`)}`;
        this.session = JamClient.loadSession(sessionUrl, this.authHeader);
    }
}

async function until(find, what) {
    const end = Date.now() + 60_000;
    while (Date.now() < end) {
        const found = await find();
        if (found) return found;
        await new Promise((soon) => setTimeout(soon, 100));
    }
    throw new Error(`waited in vain: ${what}`);
}

describe('jmap-jam', () => {
    let office;
    let ann;
    let ben;
    let annsId;
    let bensId;

    beforeAll(async () => {
        office = await Office.open({ ann: 'orange', ben: 'lemon' });
        ann = new Basic(office.url, 'ann@example.com', 'orange');
        ben = new Basic(office.url, 'ben@example.com', 'lemon');
        annsId = await ann.getPrimaryAccount();
        bensId = await ben.getPrimaryAccount();
    });
    afterAll(() => office?.close());

    /** By role. A new account has an inbox; what else a client wants it makes. */
    async function mailboxes(client, accountId) {
        const [{ list }] = await client.api.Mailbox.get({ accountId, ids: null });
        return Object.fromEntries(list.filter((box) => box.role).map((box) => [box.role, box]));
    }

    it('reads the session', async () => {
        const session = await ann.session;
        expect(session.username).toBe('ann@example.com');
        expect(session.accounts[annsId].isPersonal).toBe(true);
        expect(Object.keys(session.capabilities)).toContain('urn:ietf:params:jmap:submission');
    });

    it('makes the mailboxes that it wants', async () => {
        for (const [client, accountId] of [
            [ann, annsId],
            [ben, bensId],
        ]) {
            const wanted = ['drafts', 'sent', 'trash'];
            const before = await mailboxes(client, accountId);
            const create = Object.fromEntries(wanted.filter((role) => !before[role]).map((role) => [role, { name: role, role }]));
            const [answer] = await client.api.Mailbox.set({ accountId, create });
            expect(answer.notCreated).toBeNull();
            expect(Object.keys(await mailboxes(client, accountId))).toEqual(expect.arrayContaining(['inbox', ...wanted]));
        }
    });

    it('is refused with a wrong password', async () => {
        const response = await fetch(`${office.url}/.well-known/jmap`, { headers: { Authorization: `Basic ${btoa('ann@example.com:lemon')}` } });
        expect(response.status).toBe(401);
    });

    it('writes a letter with an attachment, sends it, and the other reads it', async () => {
        const octets = Buffer.from('日付,数\r\n1月,3\r\n');
        const blob = await ann.uploadBlob(annsId, octets, {
            headers: { Authorization: ann.authHeader, 'Content-Type': 'text/csv' },
        });
        expect(blob).toMatchObject({ accountId: annsId, type: 'text/csv', size: octets.length });
        const { drafts, sent } = await mailboxes(ann, annsId);
        const [{ list: identities }] = await ann.api.Identity.get({ accountId: annsId, ids: null });
        const [handed] = await ann.requestMany((batch) => ({
            draft: batch.Email.set({
                accountId: annsId,
                create: {
                    letter: {
                        mailboxIds: { [drafts.id]: true },
                        keywords: { $draft: true, $seen: true },
                        from: [{ name: 'Ann', email: 'ann@example.com' }],
                        to: [{ name: 'ベン', email: 'ben@example.com' }],
                        subject: '一月の数字',
                        textBody: [{ partId: 'text', type: 'text/plain' }],
                        bodyValues: { text: { value: 'こんにちは, as promised.' } },
                        attachments: [{ blobId: blob.blobId, type: 'text/csv', name: '数.csv', disposition: 'attachment' }],
                    },
                },
            }),
            sending: batch.EmailSubmission.set({
                accountId: annsId,
                create: { sending: { emailId: '#letter', identityId: identities[0].id } },
                onSuccessUpdateEmail: {
                    '#sending': { [`mailboxIds/${drafts.id}`]: null, [`mailboxIds/${sent.id}`]: true, 'keywords/$draft': null },
                },
            }),
        }));
        expect(handed.draft.notCreated).toBeNull();
        const emailId = handed.draft.created.letter.id;
        const [{ list: kept }] = await ann.api.Email.get({ accountId: annsId, ids: [emailId], properties: ['mailboxIds', 'keywords'] });
        expect(kept).toEqual([{ id: emailId, mailboxIds: { [sent.id]: true }, keywords: { $seen: true } }]);

        const { inbox } = await mailboxes(ben, bensId);
        const letter = await until(async () => {
            const [{ emails }] = await ben.requestMany((batch) => {
                const found = batch.Email.query({ accountId: bensId, filter: { inMailbox: inbox.id, subject: '一月' } });
                const emails = batch.Email.get({
                    accountId: bensId,
                    ids: found.$ref('/ids'),
                    properties: ['id', 'subject', 'from', 'textBody', 'bodyValues', 'attachments', 'keywords'],
                    fetchTextBodyValues: true,
                });
                return { found, emails };
            });
            return emails.list[0];
        }, 'the letter in the inbox of Ben');
        expect(letter.subject).toBe('一月の数字');
        expect(letter.from).toEqual([{ name: 'Ann', email: 'ann@example.com' }]);
        expect(letter.bodyValues[letter.textBody[0].partId].value.trim()).toBe('こんにちは, as promised.');
        expect(letter.keywords).toEqual({});
        const [attached] = letter.attachments;
        expect(attached).toMatchObject({ name: '数.csv', type: 'text/csv' });
        const got = await ben.downloadBlob({ accountId: bensId, blobId: attached.blobId, mimeType: 'text/csv', fileName: '数.csv' });
        expect(Buffer.from(await got.arrayBuffer())).toEqual(octets);
    });

    it('marks, moves and destroys, and /changes tells it', async () => {
        const { inbox, trash } = await mailboxes(ben, bensId);
        const [{ created }] = await ben.api.Email.set({
            accountId: bensId,
            create: { note: { mailboxIds: { [inbox.id]: true }, subject: 'To do', textBody: [{ partId: '1' }], bodyValues: { 1: { value: 'Water the plants' } } } },
        });
        const id = created.note.id;
        const [{ state }] = await ben.api.Email.get({ accountId: bensId, ids: [] });
        const [marked] = await ben.api.Email.set({ accountId: bensId, ifInState: state, update: { [id]: { 'keywords/$seen': true, mailboxIds: { [trash.id]: true } } } });
        expect(Object.keys(marked.updated)).toEqual([id]);
        const [changes] = await ben.api.Email.changes({ accountId: bensId, sinceState: state });
        expect(changes.updated).toContain(id);
        await expect(ben.api.Email.set({ accountId: bensId, ifInState: state, destroy: [id] })).rejects.toMatchObject({ type: 'stateMismatch' });
        const [gone] = await ben.api.Email.set({ accountId: bensId, destroy: [id] });
        expect(gone.destroyed).toEqual([id]);
        const [{ notFound }] = await ben.api.Email.get({ accountId: bensId, ids: [id] });
        expect(notFound).toEqual([id]);
    });

    it('hears which argument was wrong', async () => {
        await expect(ann.api.Email.query({ accountId: annsId, filter: { colour: 'red' } })).rejects.toMatchObject({ type: 'unsupportedFilter' });
        await expect(ann.api.Email.get({ accountId: bensId, ids: [] })).rejects.toMatchObject({ type: 'accountNotFound' });
    });
});
