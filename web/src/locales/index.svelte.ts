// The words on screen. English is the list of keys; Japanese must have each of them.
import { en } from './en.ts';
import { ja } from './ja.ts';

export type Language = 'ja' | 'en';
export type Word = keyof typeof en;

const words: Record<Language, Record<Word, string>> = { en, ja };
let current: Language = $state('en');

export function language(): Language {
    return current;
}

export function setLanguage(language: Language): void {
    current = language;
    document.documentElement.lang = language;
}

/** The word in the person's language, with each `{name}` filled in. */
export function t(word: Word, values: Record<string, string | number> = {}): string {
    let text = words[current][word];
    if ('n' in values && values.n === 1 && current === 'en' && `${word}.one` in en) {
        text = en[`${word}.one` as Word];
    }
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
        const value = values[name];
        return value === undefined ? whole : typeof value === 'number' ? number(value) : value;
    });
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    const name = `${current} ${key}`;
    let known = formats.get(name);
    if (!known) {
        known = new Intl.DateTimeFormat(current === 'ja' ? 'ja-JP' : 'en-GB', options);
        formats.set(name, known);
    }
    return known;
}

/** For a row: the time today, the day this year, else the whole date. */
export function shortDate(date: string, now: Date = new Date()): string {
    const then = new Date(date);
    if (Number.isNaN(then.getTime())) return '';
    if (then.toDateString() === now.toDateString()) {
        return format('time', { hour: 'numeric', minute: '2-digit' }).format(then);
    }
    if (then.getFullYear() === now.getFullYear()) {
        return format('day', { month: 'short', day: 'numeric' }).format(then);
    }
    return format('date', { year: 'numeric', month: '2-digit', day: '2-digit' }).format(then);
}

/** For a letter: day of the week, date and time. */
export function longDate(date: string): string {
    const then = new Date(date);
    if (Number.isNaN(then.getTime())) return '';
    return format('long', { dateStyle: 'full', timeStyle: 'short' }).format(then);
}

export function mediumDate(date: string): string {
    const then = new Date(date);
    if (Number.isNaN(then.getTime())) return '';
    return format('medium', { dateStyle: 'medium', timeStyle: 'short' }).format(then);
}

export function number(value: number): string {
    return value.toLocaleString(current === 'ja' ? 'ja-JP' : 'en-GB');
}

/** Octets for people: `3.2 MB`. */
export function size(octets: number): string {
    if (octets < 1000) return `${octets} B`;
    const units = ['KB', 'MB', 'GB'];
    let value = octets / 1000;
    let unit = 0;
    while (value >= 1000 && unit < units.length - 1) {
        value /= 1000;
        unit++;
    }
    return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
