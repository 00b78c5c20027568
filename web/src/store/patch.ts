// A change to one letter as JMAP writes it, and the change that takes it back. RFC 8620 §5.3.
import type { Email, Mailbox } from '../jmap/types.ts';

/** `keywords/NAME` and `mailboxIds/ID` to true or null, or the whole `mailboxIds`. */
export type Patch = Record<string, true | null | Record<string, true>>;

/** The letter with the patch in it. */
export function patched(email: Email, patch: Patch): Email {
    const keywords = { ...email.keywords };
    let mailboxIds = { ...email.mailboxIds };
    for (const [path, value] of Object.entries(patch)) {
        if (path === 'mailboxIds') {
            mailboxIds = { ...(value as Record<string, true>) };
            continue;
        }
        const [property, key] = split(path);
        const set = property === 'keywords' ? keywords : mailboxIds;
        if (value === null) delete set[key];
        else set[key] = true;
    }
    return { ...email, keywords, mailboxIds };
}

/** What takes `patch` back from the letter as it is now. */
export function inverse(email: Email, patch: Patch): Patch {
    const back: Patch = {};
    for (const path of Object.keys(patch)) {
        if (path === 'mailboxIds') {
            back.mailboxIds = { ...email.mailboxIds };
            continue;
        }
        const [property, key] = split(path);
        const set = property === 'keywords' ? email.keywords : email.mailboxIds;
        back[path] = set[key] ? true : null;
    }
    return back;
}

// Keys in a path are escaped as in a JSON pointer. RFC 6901
function split(path: string): ['keywords' | 'mailboxIds', string] {
    const slash = path.indexOf('/');
    return [
        path.slice(0, slash) as 'keywords' | 'mailboxIds',
        path.slice(slash + 1).replaceAll('~1', '/').replaceAll('~0', '~'),
    ];
}

export function pointer(key: string): string {
    return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** How the counts of a mailbox move when `before` becomes `after`; null is a letter that is not. */
export function recount(mailbox: Mailbox, before: Email | null, after: Email | null): Mailbox {
    const was = before?.mailboxIds[mailbox.id] ? 1 : 0;
    const is = after?.mailboxIds[mailbox.id] ? 1 : 0;
    const wasUnread = was && !before!.keywords.$seen && !before!.keywords.$draft ? 1 : 0;
    const isUnread = is && !after!.keywords.$seen && !after!.keywords.$draft ? 1 : 0;
    if (was === is && wasUnread === isUnread) return mailbox;
    return {
        ...mailbox,
        totalEmails: Math.max(0, mailbox.totalEmails + is - was),
        unreadEmails: Math.max(0, mailbox.unreadEmails + isUnread - wasUnread),
    };
}
