// Every action with its words and its keys, for the key listener, the palette and the list of keys.
import { keyLabel, type Command } from '../ui/keys.ts';
import { t } from '../locales/index.svelte.ts';
import type { Email } from '../jmap/types.ts';
import type { Reader } from './reader.svelte.ts';
import { mailboxName } from './words.ts';

/** `asked` is true for the palette, which is open while it asks what may be done. */
export function commandsOf(reader: Reader, search: () => void, asked = false): Command[] {
    const any = (): boolean => free() && reader.targets.length > 0 && reader.place.settings === null;
    const free = (): boolean => asked || reader.dialog === null;
    const last = (): Email | undefined => {
        const id = reader.cursor;
        return id && reader.selected.size === 0 ? reader.conversation(id).findLast((email) => !email.keywords.$draft) : undefined;
    };
    const letter = (): boolean => free() && last() !== undefined;
    const cursor = (): boolean => free() && reader.cursor !== null && reader.place.settings === null;
    return [
        { id: 'down', label: t('keys.down'), group: 'list', keys: ['j', 'ArrowDown'], enabled: free, run: () => reader.step(1) },
        { id: 'up', label: t('keys.up'), group: 'list', keys: ['k', 'ArrowUp'], enabled: free, run: () => reader.step(-1) },
        { id: 'open', label: t('keys.open'), group: 'list', keys: ['o', 'Enter'], enabled: cursor, run: () => reader.openRow(reader.cursor!) },
        { id: 'back', label: t('keys.backToList'), group: 'list', keys: ['u', 'Escape'], enabled: free, run: () => (reader.selected.size > 0 ? reader.selected.clear() : reader.closeThread()) },
        { id: 'select', label: t('list.select'), group: 'list', keys: ['x'], enabled: cursor, run: () => reader.toggle(reader.cursor!) },
        { id: 'all', label: t('list.selectAll'), group: 'list', keys: ['* a'], enabled: free, run: () => reader.selectAll() },
        { id: 'none', label: t('list.selectNone'), group: 'list', keys: ['* n'], enabled: free, run: () => reader.selected.clear() },
        { id: 'archive', label: t('archive'), group: 'letter', keys: ['e', 'y'], enabled: any, run: () => void reader.archive() },
        { id: 'trash', label: t('delete'), group: 'letter', keys: ['#', 'Delete'], enabled: any, run: () => void reader.trash() },
        { id: 'spam', label: t(reader.mailbox?.role === 'junk' ? 'notSpam' : 'spam'), group: 'letter', keys: ['!'], enabled: any, run: () => void reader.spam() },
        { id: 'star', label: t('star'), group: 'letter', keys: ['s'], enabled: any, run: () => void reader.star() },
        { id: 'move', label: t('move'), group: 'letter', keys: ['v', 'l'], enabled: any, run: () => (reader.dialog = 'move') },
        { id: 'read', label: t('read'), group: 'letter', keys: ['Shift+i'], enabled: any, run: () => void reader.markRead(true) },
        { id: 'unread', label: t('unread'), group: 'letter', keys: ['Shift+u'], enabled: any, run: () => void reader.markRead(false) },
        { id: 'reply', label: t('reply'), group: 'letter', keys: ['r'], enabled: letter, run: () => void reader.answer(last()!, 'reply') },
        { id: 'replyAll', label: t('replyAll'), group: 'letter', keys: ['a'], enabled: letter, run: () => void reader.answer(last()!, 'replyAll') },
        { id: 'forward', label: t('forward'), group: 'letter', keys: ['f'], enabled: letter, run: () => void reader.answer(last()!, 'forward') },
        { id: 'inbox', label: t('palette.go', { name: t('role.inbox') }), group: 'go', keys: ['g i'], enabled: free, run: () => (location.hash = '#/inbox') },
        { id: 'starred', label: t('palette.go', { name: t('starred') }), group: 'go', keys: ['g s'], enabled: free, run: () => (location.hash = '#/starred') },
        { id: 'drafts', label: t('palette.go', { name: t('role.drafts') }), group: 'go', keys: ['g d'], enabled: free, run: () => (location.hash = '#/drafts') },
        { id: 'sent', label: t('palette.go', { name: t('role.sent') }), group: 'go', keys: ['g t'], enabled: free, run: () => (location.hash = '#/sent') },
        { id: 'archived', label: t('palette.go', { name: t('role.archive') }), group: 'go', keys: ['g a'], enabled: free, run: () => (location.hash = '#/archive') },
        { id: 'compose', label: t('compose'), group: 'other', keys: ['c'], enabled: free, run: () => void reader.write() },
        { id: 'search', label: t('search'), group: 'other', keys: ['/'], enabled: free, run: search },
        { id: 'undo', label: t('undo'), group: 'other', keys: ['z'], enabled: free, run: () => reader.undoLast() },
        { id: 'palette', label: t('palette'), group: 'other', keys: ['Ctrl+k'], always: true, run: () => (reader.dialog = reader.dialog === 'palette' ? null : 'palette') },
        { id: 'keys', label: t('keys'), group: 'other', keys: ['?'], enabled: free, run: () => (reader.dialog = 'keys') },
        { id: 'settings', label: t('settings'), group: 'other', keys: ['g ,'], enabled: free, run: () => (location.hash = '#/settings/general') },
    ];
}

/** The palette also goes to every folder. */
export function placesOf(reader: Reader): Command[] {
    return [...reader.mail.mailboxes.values()].map((mailbox) => ({
        id: `go ${mailbox.id}`,
        label: t('palette.go', { name: mailboxName(mailbox) }),
        group: 'go' as const,
        keys: [],
        run: () => (location.hash = mailbox.role ? `#/${mailbox.role}` : `#/m/${encodeURIComponent(mailbox.id)}`),
    }));
}

export { keyLabel };
