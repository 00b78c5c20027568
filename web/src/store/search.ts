// The words a person types into the search field, as a filter of JMAP. RFC 8621 §4.4.1.
import type { Filter, Mailbox } from '../jmap/types.ts';

/** Operators, each with its other spellings. */
const operators: Record<string, string> = {
    from: 'from',
    差出人: 'from',
    to: 'to',
    宛先: 'to',
    cc: 'cc',
    bcc: 'bcc',
    subject: 'subject',
    件名: 'subject',
    body: 'body',
    本文: 'body',
    has: 'has',
    is: 'is',
    in: 'in',
    フォルダ: 'in',
    before: 'before',
    以前: 'before',
    after: 'after',
    since: 'after',
    以降: 'after',
    larger: 'larger',
    size: 'larger',
    smaller: 'smaller',
};

export const operatorNames = ['from:', 'to:', 'subject:', 'has:attachment', 'is:unread', 'is:starred', 'in:', 'before:', 'after:', 'larger:'];

export interface Term {
    operator: string | null;
    value: string;
    negated: boolean;
}

/** Splits at spaces (also ideographic ones); quotes hold words together. Total. */
export function terms(text: string): Term[] {
    const found: Term[] = [];
    const word = /(-?)(?:([\p{L}]+)[:：])?(?:"([^"]*)"?|「([^」]*)」?|([^\s　]+))/gu;
    for (const match of text.matchAll(word)) {
        const [, minus, name, quoted, corner, bare] = match;
        const operator = name === undefined ? null : operators[name.toLowerCase()];
        const value = quoted ?? corner ?? bare ?? '';
        if (operator === undefined) {
            // Not an operator of ours: a word with a colon in it, such as a URL.
            found.push({ operator: null, value: `${name}:${value}`, negated: minus === '-' });
        } else if (value !== '') {
            found.push({ operator, value, negated: minus === '-' });
        }
    }
    return found;
}

/** The filter for a search; null when there is nothing to search for. */
export function searchFilter(text: string, mailboxes: Iterable<Mailbox>, name: (mailbox: Mailbox) => string): Filter | null {
    const conditions: Filter[] = [];
    const all = [...mailboxes];
    for (const term of terms(text)) {
        const condition = conditionOf(term, all, name);
        if (condition) conditions.push(term.negated ? { operator: 'NOT', conditions: [condition] } : condition);
    }
    if (conditions.length === 0) return null;
    return conditions.length === 1 ? conditions[0]! : { operator: 'AND', conditions };
}

function conditionOf(term: Term, mailboxes: Mailbox[], name: (mailbox: Mailbox) => string): Filter | null {
    const { operator, value } = term;
    switch (operator) {
        case 'from':
        case 'to':
        case 'cc':
        case 'bcc':
        case 'subject':
        case 'body':
            return { [operator]: value };
        case 'has':
            return /^(attachment|添付)/i.test(value) ? { hasAttachment: true } : { text: value };
        case 'is':
            if (/^(unread|未読)$/i.test(value)) return { notKeyword: '$seen' };
            if (/^(read|既読)$/i.test(value)) return { hasKeyword: '$seen' };
            if (/^(starred|flagged|スター)$/i.test(value)) return { hasKeyword: '$flagged' };
            if (/^(answered|返信済み)$/i.test(value)) return { hasKeyword: '$answered' };
            if (/^(draft|下書き)$/i.test(value)) return { hasKeyword: '$draft' };
            return { text: value };
        case 'in': {
            const wanted = value.toLowerCase();
            const found = mailboxes.find(
                (mailbox) =>
                    mailbox.role === wanted ||
                    mailbox.name.toLowerCase() === wanted ||
                    name(mailbox).toLowerCase() === wanted,
            );
            return found ? { inMailbox: found.id } : { text: value };
        }
        case 'before':
        case 'after': {
            const day = dayOf(value);
            return day ? { [operator]: day } : { text: value };
        }
        case 'larger':
        case 'smaller': {
            const octets = octetsOf(value);
            if (octets === null) return { text: value };
            return operator === 'larger' ? { minSize: octets } : { maxSize: octets };
        }
        default:
            return { text: value.includes(' ') ? `"${value}"` : value };
    }
}

/** Midnight at the start of a day such as `2026-11-25`, `2026/11`, `2026`, as UTCDate. */
export function dayOf(text: string): string | null {
    const match = /^(\d{4})(?:[-/年](\d{1,2})(?:[-/月](\d{1,2})日?)?月?)?年?$/.exec(text);
    if (!match) return null;
    const month = Number(match[2] ?? 1);
    const day = Number(match[3] ?? 1);
    const date = new Date(Number(match[1]), month - 1, day);
    if (date.getMonth() !== month - 1 || date.getDate() !== day) return null;
    return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** `10M`, `500k`, `1.5MB`, `2000` in octets. */
export function octetsOf(text: string): number | null {
    const match = /^>?(\d+(?:\.\d+)?)\s*([kmg]?)b?$/i.exec(text);
    if (!match) return null;
    const unit = { '': 1, k: 1_000, m: 1_000_000, g: 1_000_000_000 }[match[2]!.toLowerCase()] ?? 1;
    return Math.round(Number(match[1]) * unit);
}
