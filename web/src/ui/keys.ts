// Keys: single ones as in Gmail, sequences such as `g i`, and chords. Nothing happens while an IME
// composes: the Enter that confirms kanji is not an Enter for us.

export interface Command {
    id: string;
    label: string;
    group: 'list' | 'letter' | 'go' | 'other';
    /** `e`, `g i`, `#`, `Ctrl+k`; the first is shown. */
    keys: string[];
    /** Works also while a field has the focus. */
    always?: boolean;
    enabled?: () => boolean;
    run: () => void;
}

const sequenceMillis = 1_200;

/** True while an IME composes, also for the browsers that say so only with key code 229. */
export function composing(event: KeyboardEvent): boolean {
    return event.isComposing || event.keyCode === 229;
}

/** What a key event is called: `Ctrl+k`, `Shift+i`, `#`, `ｊ` of a full-width IME mode as `j`. */
export function keyName(event: KeyboardEvent): string {
    const key = event.key.length === 1 ? event.key.normalize('NFKC') : event.key;
    if (event.ctrlKey || event.metaKey) return `Ctrl+${key.toLowerCase()}`;
    if (event.altKey) return `Alt+${key.toLowerCase()}`;
    if (event.shiftKey && /^[a-z]$/i.test(key)) return `Shift+${key.toLowerCase()}`;
    return key;
}

function inField(target: EventTarget | null): boolean {
    return (
        target instanceof HTMLElement &&
        (target.isContentEditable || /^(input|textarea|select)$/.test(target.localName)) &&
        !(target instanceof HTMLInputElement && /^(checkbox|radio|button)$/.test(target.type))
    );
}

/** Listens until the returned function is called. `commands` is asked at each key. */
export function listen(commands: () => Command[], singleKeys: () => boolean): () => void {
    let first = '';
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onKey = (event: KeyboardEvent): void => {
        if (event.defaultPrevented || composing(event)) return;
        const name = keyName(event);
        const field = inField(event.target);
        const chord = name.startsWith('Ctrl+');
        if (!chord && (field || !singleKeys())) return;
        // Enter and Space on a button are the button's own.
        if ((name === 'Enter' || name === ' ') && (event.target as HTMLElement | null)?.closest('button, a, summary')) return;
        const usable = commands().filter((command) => (command.always || !field) && (command.enabled?.() ?? true));
        const wanted = first ? `${first} ${name}` : name;
        const command = usable.find(({ keys }) => keys.includes(wanted));
        clearTimeout(timer);
        const waited = first;
        first = '';
        if (command) {
            event.preventDefault();
            command.run();
        } else if (!waited && usable.some(({ keys }) => keys.some((key) => key.startsWith(`${name} `)))) {
            first = name;
            timer = setTimeout(() => (first = ''), sequenceMillis);
        }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
}

/** `⌘` on a Mac, `Ctrl` elsewhere; `g i` with a thin space. */
export function keyLabel(key: string): string {
    const mac = typeof navigator !== 'undefined' && /Mac|iP(hone|ad)/.test(navigator.userAgent);
    return key
        .replace('ArrowDown', '↓')
        .replace('ArrowUp', '↑')
        .replace('Escape', 'Esc')
        .replace('Ctrl+', mac ? '⌘' : 'Ctrl+')
        .replace(/\+([a-z])$/, (_, letter: string) => `+${letter.toUpperCase()}`)
        .replace(/⌘([a-z])$/, (_, letter: string) => `⌘${letter.toUpperCase()}`);
}
