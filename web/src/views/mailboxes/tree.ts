// The mailboxes as the rows of a tree.
import type { Id, Mailbox } from '../../jmap/types.ts';

export interface Node {
    mailbox: Mailbox;
    depth: number;
    children: boolean;
    /** The ids of all above it. */
    path: Id[];
}

const order = ['inbox', 'flagged', 'important', 'snoozed', 'drafts', 'scheduled', 'sent', 'archive', 'all', 'junk', 'trash'];

/** Those with a role first, then by sortOrder and name. A circle or a lost parent ends at the top. */
export function treeOf(mailboxes: Mailbox[], name: (mailbox: Mailbox) => string): Node[] {
    const byId = new Map(mailboxes.map((mailbox) => [mailbox.id, mailbox]));
    const children = new Map<Id | null, Mailbox[]>();
    for (const mailbox of mailboxes) {
        // A mailbox with a role stands at the top wherever it lies.
        const parent = !mailbox.role && mailbox.parentId && byId.has(mailbox.parentId) ? mailbox.parentId : null;
        children.set(parent, [...(children.get(parent) ?? []), mailbox]);
    }
    const rank = ({ role }: Mailbox): number => (role ? order.indexOf(role) : order.length);
    const compare = (a: Mailbox, b: Mailbox): number => rank(a) - rank(b) || a.sortOrder - b.sortOrder || name(a).localeCompare(name(b));
    const rows: Node[] = [];
    const done = new Set<Id>();
    const walk = (parent: Id | null, depth: number, path: Id[]): void => {
        for (const mailbox of (children.get(parent) ?? []).toSorted(compare)) {
            if (done.has(mailbox.id)) continue;
            done.add(mailbox.id);
            rows.push({ mailbox, depth, children: children.has(mailbox.id), path });
            walk(mailbox.id, depth + 1, [...path, mailbox.id]);
        }
    };
    walk(null, 0, []);
    for (const mailbox of mailboxes) if (!done.has(mailbox.id)) rows.push({ mailbox, depth: 0, children: false, path: [] });
    return rows;
}
