// Sentences that several views say.
import type { Email, EmailAddress, Mailbox, SetError } from '../jmap/types.ts';
import { t, type Word } from '../locales/index.svelte.ts';
import { en } from '../locales/en.ts';
import { brief, called, same } from '../store/addresses.ts';

export function mailboxName(mailbox: Mailbox): string {
    const word = `role.${mailbox.role}`;
    return mailbox.role && word in en ? t(word as Word) : mailbox.name;
}

/** Why the server refused, in plain words; its own words when it has a reason we do not know. */
export function why(error: SetError): string {
    const word = `why.${error.type}`;
    return word in en ? t(word as Word) : error.description || error.type;
}

export function senderOf(email: Email): string {
    const from = email.from?.[0];
    return from ? called(from) : t('nosender');
}

/** Who takes part in a conversation: `Ann, Bob, me`. Letters in sent mailboxes name whom they went to. */
export function participants(emails: Email[], mine: string[], outgoing: boolean): string {
    const isMe = (person: EmailAddress): boolean => mine.some((address) => same(address, person.email));
    if (outgoing) {
        const to = emails.at(-1)?.to ?? [];
        return to.length ? t('row.to', { name: to.map(brief).join(', ') }) : t('row.nobody');
    }
    if (emails.length === 1) return senderOf(emails[0]!);
    const names: string[] = [];
    for (const email of emails) {
        const from = email.from?.[0];
        const name = from ? (isMe(from) ? t('row.me') : brief(from)) : t('nosender');
        if (!names.includes(name)) names.push(name);
    }
    return names.length > 4 ? [...names.slice(0, 1), '…', ...names.slice(-2)].join(', ') : names.join(', ');
}
