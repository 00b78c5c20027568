// Addresses the person has had to do with, for completion: whom they wrote to counts most.
import { Unreachable } from '../jmap/client.ts';
import type { Email, EmailAddress, GetAnswer, QueryAnswer } from '../jmap/types.ts';
import type { Mail } from './mail.svelte.ts';

interface Known {
    person: EmailAddress;
    weight: number;
}

const sentMost = 300;
const loaded = new WeakMap<Mail, Promise<Map<string, Known>>>();

function count(known: Map<string, Known>, people: EmailAddress[] | null | undefined, weight: number): void {
    for (const person of people ?? []) {
        const key = person.email.toLowerCase();
        const before = known.get(key);
        known.set(key, {
            person: person.name || !before ? person : before.person,
            weight: (before?.weight ?? 0) + weight,
        });
    }
}

/** Recipients of the last letters sent; what the device kept when the network is away. */
async function load(mail: Mail): Promise<Map<string, Known>> {
    const known = new Map<string, Known>();
    const sent = mail.role('sent');
    if (!sent) return known;
    try {
        const batch = mail.client.batch();
        const { accountId } = mail;
        const query = batch.add<QueryAnswer>('Email/query', {
            accountId,
            filter: { inMailbox: sent.id },
            sort: [{ property: 'receivedAt', isAscending: false }],
            limit: sentMost,
        });
        const get = batch.add<GetAnswer<Email & { cc: EmailAddress[] | null }>>('Email/get', {
            accountId,
            '#ids': query.ref('/ids'),
            properties: ['id', 'to', 'cc'],
        });
        batch.send();
        for (const { to, cc } of (await get.answer).list) {
            count(known, to, 10);
            count(known, cc, 5);
        }
        await mail.cache.keepThing('known', [...known.values()]);
    } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        for (const { person, weight } of (await mail.cache.thing<Known[]>('known')) ?? []) count(known, [person], weight);
        loaded.delete(mail);
    }
    return known;
}

/** At most `most` people whose name or address has a word that begins with `typed`. */
export async function suggest(mail: Mail, typed: string, most = 6): Promise<EmailAddress[]> {
    const wanted = typed.normalize('NFKC').trim().toLowerCase();
    if (!wanted) return [];
    if (!loaded.has(mail)) loaded.set(mail, load(mail).catch(() => new Map<string, Known>()));
    const known = new Map(await loaded.get(mail));
    for (const email of mail.emails.values()) count(known, email.from, 1);
    const score = ({ person, weight }: Known): number => {
        const name = (person.name ?? '').normalize('NFKC').toLowerCase();
        const address = person.email.toLowerCase();
        if (name.startsWith(wanted) || address.startsWith(wanted)) return weight + 1_000;
        if (name.split(/[\s　.]+/).some((word) => word.startsWith(wanted)) || address.includes(`@${wanted}`)) return weight + 500;
        return name.includes(wanted) || address.includes(wanted) ? weight : 0;
    };
    return [...known.values()]
        .map((each) => ({ each, score: score(each) }))
        .filter((entry) => entry.score > 0)
        .sort((a, b) => b.score - a.score)
        .slice(0, most)
        .map(({ each }) => each.person);
}
