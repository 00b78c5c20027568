import { describe, expect, it } from 'vitest';
import type { Email, Identity } from '../jmap/types.ts';
import { answerSubject, answerTo, emailOf, identityFor, quoted, threading, type DraftData } from './draft.svelte.ts';

const person = (email: string): { name: null; email: string } => ({ name: null, email });
const letter = (over: Partial<Email>, full: object = {}): Email =>
    ({
        id: 'e1',
        from: [person('ann@example.com')],
        to: [person('me@example.com'), person('bob@example.com')],
        full: { cc: [person('cc@example.com')], replyTo: null, messageId: ['m1@example.com'], inReplyTo: null, references: null, ...full },
        ...over,
    }) as unknown as Email;
const mine = ['me@example.com'];
const emails = (people: { email: string }[]): string[] => people.map(({ email }) => email);

describe('an answer', () => {
    it('goes to the sender', () => {
        const { to, cc } = answerTo(letter({}), mine, 'reply');
        expect([emails(to), emails(cc)]).toEqual([['ann@example.com'], []]);
    });

    it('goes where Reply-To says', () => {
        expect(emails(answerTo(letter({}, { replyTo: [person('list@example.com')] }), mine, 'reply').to)).toEqual(['list@example.com']);
    });

    it('to all names everybody once and not me', () => {
        const { to, cc } = answerTo(letter({}, { cc: [person('BOB@example.com'), person('cc@example.com'), person('ME@example.com')] }), mine, 'replyAll');
        expect([emails(to), emails(cc)]).toEqual([['ann@example.com', 'bob@example.com'], ['cc@example.com']]);
    });

    it('to my own letter goes on to those it was for', () => {
        expect(emails(answerTo(letter({ from: [person('me@example.com')], to: [person('ann@example.com')] }), mine, 'reply').to)).toEqual(['ann@example.com']);
    });

    it('carries the whole way of the conversation', () => {
        expect(threading(letter({}, { references: ['a@x', 'b@x'] }))).toEqual({ inReplyTo: ['m1@example.com'], references: ['a@x', 'b@x', 'm1@example.com'] });
        expect(threading(letter({}, { inReplyTo: ['a@x'] })).references).toEqual(['a@x', 'm1@example.com']);
        expect(threading(letter({}, { messageId: null })).references).toBeNull();
    });

    it.each([
        ['Plan', 'reply', 'Re: Plan'],
        ['Re: Re: Plan', 'reply', 'Re: Plan'],
        ['返信：見積', 'reply', 'Re: 見積'],
        ['Re[2]: Plan', 'forward', 'Fwd: Plan'],
        [null, 'reply', 'Re: '],
        ['Regarding: tea', 'reply', 'Re: Regarding: tea'],
    ] as const)('%s as %s', (subject, answering, expected) => {
        expect(answerSubject(subject, answering)).toBe(expected);
    });

    it('marks each line of what it quotes', () => {
        expect(quoted('a\n> b\n\n')).toBe('> a\n>> b');
    });

    it('comes from the address that was written to', () => {
        const identities = [{ id: 'i1', email: 'me@example.com' }, { id: 'i2', email: 'bob@example.com' }] as Identity[];
        expect(identityFor(letter({ to: [person('Bob@example.com')] }), identities)!.id).toBe('i2');
    });
});

describe('an Email of a draft', () => {
    const draft: DraftData = {
        key: 'k', emailId: null, identityId: 'i1', to: [person('ann@example.com')], cc: [], bcc: [], subject: '件名', text: '本文', html: null,
        attachments: [{ name: '資料.pdf', type: 'application/pdf', size: 3, blobId: 'b1' }], messageId: 'm@example.com', inReplyTo: null, references: null, about: null,
    };
    const identity = { id: 'i1', name: 'Me', email: 'me@example.com', replyTo: null } as unknown as Identity;

    it('has what RFC 8621 asks for', () => {
        const email = emailOf(draft, identity, { m1: true }, { $draft: true });
        expect(email).toMatchObject({
            from: [{ name: 'Me', email: 'me@example.com' }],
            cc: null,
            messageId: ['m@example.com'],
            bodyValues: { t: { value: '本文' } },
            attachments: [{ blobId: 'b1', name: '資料.pdf', disposition: 'attachment' }],
        });
        expect(email).not.toHaveProperty('htmlBody');
        expect(email.sentAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/);
    });

    it('has both texts when it has formatting', () => {
        const email = emailOf({ ...draft, html: '<p>本文</p>' }, identity, { m1: true }, {});
        expect(email.htmlBody).toEqual([{ partId: 'h', type: 'text/html' }]);
        expect(email.textBody).toEqual([{ partId: 't', type: 'text/plain' }]);
    });
});
