// What a person chose on this device. Kept in localStorage, shared by all tabs.
import { setLanguage, type Language } from '../locales/index.svelte.ts';

export interface Preferences {
    theme: 'system' | 'light' | 'dark';
    language: 'system' | Language;
    /** Single keys can be switched off (WCAG 2.1.4). */
    keys: boolean;
    undoSeconds: 0 | 5 | 10 | 20 | 30;
    density: 'comfortable' | 'compact';
    richText: boolean;
    conversations: boolean;
    /** Addresses whose remote images are shown without asking. */
    imagesFrom: string[];
    searches: { name: string; query: string }[];
    templates: { name: string; subject: string; text: string }[];
}

const place = 'yubin.preferences';
const usual: Preferences = {
    theme: 'system',
    language: 'system',
    keys: true,
    undoSeconds: 10,
    density: 'comfortable',
    richText: false,
    conversations: true,
    imagesFrom: [],
    searches: [],
    templates: [],
};

function read(): Preferences {
    try {
        return { ...usual, ...(JSON.parse(localStorage.getItem(place) ?? '{}') as Partial<Preferences>) };
    } catch {
        return { ...usual }; // damaged or forbidden storage: the usual choices
    }
}

export const preferences = $state(read());

export function prefer(change: Partial<Preferences>): void {
    Object.assign(preferences, change);
    try {
        localStorage.setItem(place, JSON.stringify(preferences));
    } catch {
        // Private windows may refuse: the choice then lasts as long as the tab.
    }
    applyTheme();
}

export function applyTheme(): void {
    const root = document.documentElement;
    if (preferences.theme === 'system') root.removeAttribute('data-theme');
    else root.setAttribute('data-theme', preferences.theme);
    root.setAttribute('data-density', preferences.density);
    const system: Language = navigator.languages.find((name) => /^(ja|en)/.test(name))?.startsWith('ja') ? 'ja' : 'en';
    setLanguage(preferences.language === 'system' ? system : preferences.language);
}

if (typeof window !== 'undefined') {
    window.addEventListener('storage', (event) => {
        if (event.key !== place) return;
        Object.assign(preferences, read());
        applyTheme();
    });
}
