// Where the person is, as the part of the address after `#`: every view has an address of its own.

export type Where =
    | { kind: 'mailbox'; mailbox: string } // a role such as `inbox`, or `m:` and an id
    | { kind: 'starred' }
    | { kind: 'search'; query: string };

export interface Place {
    where: Where;
    thread: string | null;
    settings: string | null;
}

export function readPlace(hash: string): Place {
    const parts = hash.replace(/^#?\/?/, '').split('/').map(decoded);
    const [first = '', second = '', third = ''] = parts;
    if (first === 'settings') return { where: { kind: 'mailbox', mailbox: 'inbox' }, thread: null, settings: second || 'general' };
    if (first === 'starred') return { where: { kind: 'starred' }, thread: second || null, settings: null };
    if (first === 'search' && second) return { where: { kind: 'search', query: second }, thread: third || null, settings: null };
    if (first === 'm' && second) return { where: { kind: 'mailbox', mailbox: `m:${second}` }, thread: third || null, settings: null };
    return { where: { kind: 'mailbox', mailbox: /^[a-z]+$/.test(first) ? first : 'inbox' }, thread: second || null, settings: null };
}

export function writePlace(where: Where, thread: string | null = null): string {
    const tail = thread ? `/${encodeURIComponent(thread)}` : '';
    switch (where.kind) {
        case 'starred':
            return `#/starred${tail}`;
        case 'search':
            return `#/search/${encodeURIComponent(where.query)}${tail}`;
        case 'mailbox':
            return where.mailbox.startsWith('m:')
                ? `#/m/${encodeURIComponent(where.mailbox.slice(2))}${tail}`
                : `#/${where.mailbox}${tail}`;
    }
}

function decoded(part: string): string {
    try {
        return decodeURIComponent(part);
    } catch {
        return part; // a damaged address leads to the inbox, not to an error
    }
}
