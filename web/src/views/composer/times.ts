// Hours at which people let a letter leave later.
import type { Word } from '../../locales/index.svelte.ts';

/** This evening (unless it is evening), tomorrow morning, Monday morning; always ahead of `now`. */
export function hours(now: Date): { word: Word; date: Date }[] {
    const at = (days: number, hour: number): Date => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
    const toMonday = (8 - now.getDay()) % 7 || 7;
    const found: { word: Word; date: Date }[] = [];
    if (now.getHours() < 17) found.push({ word: 'write.laterToday', date: at(0, 18) });
    found.push({ word: 'write.laterTomorrow', date: at(1, 8) });
    if (toMonday > 1) found.push({ word: 'write.laterMonday', date: at(toMonday, 8) });
    return found;
}
