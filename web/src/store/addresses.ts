// Addresses as people type and read them. RFC 5322 §3.4, as far as a person meets it.
import type { EmailAddress } from '../jmap/types.ts';

const address = /^[^\s<>@,;:"()[\]]+@[^\s<>@,;:"()[\]]+$/u;

/** `Ann Lee <ann@example.com>`; a bare address when there is no name. */
export function written({ name, email }: EmailAddress): string {
    if (!name) return email;
    return /[",;<>@()[\]:\\]/.test(name) ? `"${name.replace(/["\\]/g, '\\$&')}" <${email}>` : `${name} <${email}>`;
}

/** What to call somebody: the name, else the address. */
export function called({ name, email }: EmailAddress): string {
    return name?.trim() || email;
}

/** The first name or the surname: enough in a list of participants. */
export function brief(person: EmailAddress): string {
    const name = person.name?.trim();
    if (!name) return person.email.split('@')[0] ?? person.email;
    if (/[\u3040-\u30ff\u3400-\u9fff]/.test(name)) return name.split(/[\s　]+/)[0]!;
    if (name.includes(',')) return name.split(',')[1]!.trim().split(' ')[0] || name;
    return name.split(/\s+/)[0]!;
}

export function valid(email: string): boolean {
    return address.test(email);
}

/**
 * Reads a pasted or typed list: commas, semicolons and line ends part it, also 、 and ；.
 * What is no address comes back as text, so that the person sees it.
 */
export function parseAddresses(text: string): { addresses: EmailAddress[]; rest: string[] } {
    const addresses: EmailAddress[] = [];
    const rest: string[] = [];
    for (const piece of pieces(text)) {
        const angled = /^(.*?)\s*<\s*([^<>]+?)\s*>$/su.exec(piece);
        const email = half(angled ? angled[2]! : piece.replace(/^mailto:/i, ''));
        if (valid(email)) {
            const name = angled ? unquoted(angled[1]!) : '';
            addresses.push({ name: name && name !== email ? name : null, email });
        } else {
            rest.push(piece);
        }
    }
    return { addresses, rest };
}

function pieces(text: string): string[] {
    const found: string[] = [];
    let piece = '';
    let quoted = false;
    let angled = false;
    for (let i = 0; i < text.length; i++) {
        const c = text[i]!;
        if (quoted && c === '\\') {
            piece += c + (text[++i] ?? '');
            continue;
        }
        if (c === '"') quoted = !quoted;
        else if (!quoted && c === '<') angled = true;
        else if (!quoted && c === '>') angled = false;
        if (!quoted && !angled && /[,;、；，\n\r]/.test(c)) {
            found.push(piece);
            piece = '';
        } else {
            piece += c;
        }
    }
    found.push(piece);
    return found.map((each) => each.trim()).filter((each) => each !== '');
}

function unquoted(name: string): string {
    const trimmed = name.trim();
    const match = /^"(.*)"$/s.exec(trimmed);
    return match ? match[1]!.replace(/\\(.)/g, '$1') : trimmed;
}

/** Full-width letters of an IME become the letters that an address has. */
function half(email: string): string {
    return email.trim().normalize('NFKC');
}

export function same(a: string, b: string): boolean {
    return a.toLowerCase() === b.toLowerCase();
}

export function without(list: EmailAddress[], unwanted: Iterable<string>): EmailAddress[] {
    const known = new Set([...unwanted].map((email) => email.toLowerCase()));
    return list.filter(({ email }) => {
        const key = email.toLowerCase();
        if (known.has(key)) return false;
        known.add(key);
        return true;
    });
}
