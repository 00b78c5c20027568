import { describe, expect, it } from 'vitest';
import type { Email, EmailSubmission, Journey, JourneyStep } from '../jmap/types.ts';
import { coursesOf } from './journey.ts';

const step = (what: string, over: Partial<JourneyStep> = {}): JourneyStep => ({
    at: '2026-11-25T10:00:00Z', what, recipient: null, host: null, text: null, explanation: null, ...over,
});
const journey = (...steps: JourneyStep[]): Journey[] => [
    { id: 'e1', letters: [{ queueId: 'q', acceptedAt: '2026-11-25T10:00:00Z', recipients: ['ann@example.com', 'bob@example.net'], steps }] },
];
const email = { to: [{ name: null, email: 'ann@example.com' }] } as Email;
const stages = (journeys: Journey[], submissions: EmailSubmission[] = []): string[] => coursesOf(submissions, journeys, email).map(({ stage }) => stage);

describe('the journey of a letter', () => {
    it('ends for each recipient by itself', () => {
        expect(stages(journey(
            step('accepted'),
            step('stored', { recipient: 'ann@example.com', host: 'INBOX' }),
            step('deferred', { recipient: 'BOB@example.net', host: 'mx.example.net', text: '451 later' }),
            step('sent', { recipient: 'bob@example.net', host: 'mx.example.net', text: '250 ok' }),
        ))).toEqual(['delivered', 'handedOver']);
    });

    it('keeps what the last host said and why', () => {
        const explanation = { topic: 'userunknown', nextStep: 'address', happened: 'no such person', whose: 'yours', next: ['correct it'] };
        const [, bob] = coursesOf([], journey(step('accepted'), step('failed', { recipient: 'bob@example.net', host: 'mx.example.net', text: '550 no', explanation })), email);
        expect(bob).toMatchObject({ stage: 'failed', host: 'mx.example.net', said: '550 no', explanation });
    });

    it('comes back after it was handed over', () => {
        expect(stages(journey(step('sent'), step('cameBack', { recipient: 'ann@example.com' })))).toEqual(['failed', 'handedOver']);
    });

    it('can be taken back while it is held', () => {
        const pending = { id: 's1', undoStatus: 'pending', sendAt: '2999-01-01T00:00:00Z', deliveryStatus: null } as EmailSubmission;
        expect(coursesOf([pending], journey(step('accepted'), step('held')), email)[0]).toMatchObject({ stage: 'scheduled', cancel: 's1', leaves: '2999-01-01T00:00:00Z' });
    });

    it('is read from deliveryStatus where nothing more is told', () => {
        const of = (delivered: string, smtpReply: string): EmailSubmission =>
            ({ id: 's', undoStatus: 'final', deliveryStatus: { 'ann@example.com': { delivered, smtpReply } } }) as unknown as EmailSubmission;
        expect(stages([], [of('yes', '250 ok'), of('no', '550 no'), of('queued', '451 later'), of('queued', ''), of('unknown', '250 ok')])).toEqual([
            'delivered', 'failed', 'waiting', 'onItsWay', 'handedOver',
        ]);
    });
});
