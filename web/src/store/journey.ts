// Where a sent letter is, for one recipient: read from the steps of our own server, or from the
// deliveryStatus that every JMAP server has. RFC 8621 §7.
import type { Email, EmailSubmission, Id, Journey, JourneyStep } from '../jmap/types.ts';

export type Stage = 'scheduled' | 'onItsWay' | 'waiting' | 'handedOver' | 'delivered' | 'failed' | 'canceled';

export interface Course {
    recipient: string;
    stage: Stage;
    /** The host that took or refused it. */
    host: string | null;
    /** What that host said. */
    said: string;
    explanation: JourneyStep['explanation'];
    /** When a letter that waits for its time leaves. */
    leaves: string | null;
    /** The submission that can still be taken back. */
    cancel: Id | null;
}

// What a step means for where the letter is; other steps change nothing.
const stages: Record<string, Stage> = {
    accepted: 'onItsWay',
    shelved: 'onItsWay',
    expanded: 'onItsWay',
    released: 'onItsWay',
    retried: 'onItsWay',
    held: 'scheduled',
    deferred: 'waiting',
    uncertain: 'waiting',
    late: 'waiting',
    sent: 'handedOver',
    stored: 'delivered',
    refused: 'failed',
    failed: 'failed',
    cameBack: 'failed',
    dropped: 'canceled',
};

export function coursesOf(submissions: EmailSubmission[], journeys: Journey[], email: Email): Course[] {
    const pending = submissions.find((submission) => submission.undoStatus === 'pending') ?? null;
    const letters = journeys.flatMap((journey) => journey.letters);
    if (letters.length > 0) {
        return letters.flatMap((letter) => letter.recipients.map((recipient) => course(recipient, letter.steps, pending)));
    }
    return submissions.flatMap((submission) => {
        const known = Object.keys(submission.deliveryStatus ?? {});
        const people = known.length ? known : (submission.envelope?.rcptTo ?? email.to ?? []).map((person) => person.email);
        return people.map((recipient) => fromStatus(recipient, submission));
    });
}

function course(recipient: string, steps: JourneyStep[], pending: EmailSubmission | null): Course {
    const found: Course = { recipient, stage: 'onItsWay', host: null, said: '', explanation: null, leaves: null, cancel: null };
    for (const step of steps) {
        if (step.recipient !== null && step.recipient.toLowerCase() !== recipient.toLowerCase()) continue;
        const stage = stages[step.what];
        if (!stage) continue;
        found.stage = stage;
        found.host = step.host ?? (stage === 'onItsWay' ? null : found.host);
        found.said = ['onItsWay', 'scheduled', 'delivered'].includes(stage) ? '' : (step.text ?? '');
        found.explanation = step.explanation;
    }
    if (found.stage === 'scheduled' && pending) {
        found.leaves = pending.sendAt;
        found.cancel = pending.id;
    }
    return found;
}

function fromStatus(recipient: string, submission: EmailSubmission): Course {
    const status = submission.deliveryStatus?.[recipient];
    const said = status?.smtpReply ?? '';
    let stage: Stage = 'onItsWay';
    if (submission.undoStatus === 'canceled') stage = 'canceled';
    else if (submission.undoStatus === 'pending' && Date.parse(submission.sendAt) > Date.now()) stage = 'scheduled';
    else if (status?.delivered === 'yes') stage = 'delivered';
    else if (status?.delivered === 'no') stage = 'failed';
    else if (status?.delivered === 'unknown') stage = 'handedOver';
    else if (/^4/.test(said)) stage = 'waiting';
    const scheduled = stage === 'scheduled';
    return { recipient, stage, host: null, said, explanation: null, leaves: scheduled ? submission.sendAt : null, cancel: scheduled ? submission.id : null };
}
