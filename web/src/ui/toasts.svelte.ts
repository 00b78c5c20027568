// Short words about what was done, with the way back.

export interface Toast {
    id: number;
    text: string;
    tone: 'plain' | 'trouble';
    action: { label: string; act: () => void } | null;
}

let next = 0;
export const toasts: Toast[] = $state([]);
const timers = new Map<number, ReturnType<typeof setTimeout>>();

/** Shows `text`; one with an action stays longer, trouble longest. Gives its id. */
export function toast(text: string, options: { tone?: Toast['tone']; action?: Toast['action']; seconds?: number } = {}): number {
    const { tone = 'plain', action = null } = options;
    const id = next++;
    toasts.push({ id, text, tone, action });
    while (toasts.length > 3) dismiss(toasts[0]!.id);
    const seconds = options.seconds ?? (tone === 'trouble' ? 12 : action ? 8 : 4);
    timers.set(id, setTimeout(() => dismiss(id), seconds * 1_000));
    return id;
}

export function dismiss(id: number): void {
    clearTimeout(timers.get(id));
    timers.delete(id);
    const at = toasts.findIndex((each) => each.id === id);
    if (at >= 0) toasts.splice(at, 1);
}
