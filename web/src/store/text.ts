// The text of a letter for the eye: quotes that can be folded, links, and words about attachments.

/** A stretch of a letter's text. Quotes carry the line that introduces them. */
export type Stretch = { kind: 'text'; text: string } | { kind: 'quote'; text: string };

// Lines that begin a quotation, as mail programs write them in English and Japanese.
const introductions: RegExp[] = [
    /^On .{6,200} wrote:\s*$/,
    /^-{2,}\s*(Original Message|Forwarded message|元のメッセージ|転送されたメッセージ|Original Appointment)\s*-{2,}\s*$/i,
    /^_{20,}\s*$/,
    /^\d{4}[年/.-]\s?\d{1,2}[月/.-]\s?\d{1,2}日?.{0,120}[:：]\s*$/,
    /^.{0,80}(さん|様)?(は|が).{0,60}(書きました|のメール)[:：]?\s*$/,
    /^(From|差出人|送信元)[:：] ?.+$/,
];
// After a bare `From:` line one of these must follow, else it is the writer's own words.
const header = /^(Sent|Date|To|Cc|Subject|送信日時|日時|宛先|件名|ＣＣ|CC)[:：]/;

/** Parts text into the writer's own words and what is quoted. Linear in the length of the text. */
export function stretches(text: string): Stretch[] {
    const lines = text.replace(/\r\n?/g, '\n').split('\n');
    const found: Stretch[] = [];
    let own: string[] = [];
    const flush = (): void => {
        if (own.length > 0) found.push({ kind: 'text', text: own.join('\n') });
        own = [];
    };
    for (let at = 0; at < lines.length; ) {
        const line = lines[at]!;
        if (isQuoted(line)) {
            let end = at;
            while (end < lines.length && (isQuoted(lines[end]!) || (blank(lines[end]!) && isQuoted(lines[end + 1] ?? '')))) end++;
            const quoted = lines.slice(at, end);
            const before = introduction(own);
            flush();
            found.push({ kind: 'quote', text: [...before, ...quoted].join('\n') });
            at = end;
        } else if (beginsRest(lines, at)) {
            flush();
            found.push({ kind: 'quote', text: lines.slice(at).join('\n') });
            return found;
        } else {
            own.push(line);
            at++;
        }
    }
    flush();
    return found;
}

function isQuoted(line: string): boolean {
    return /^\s{0,2}[>＞]/.test(line);
}

function blank(line: string): boolean {
    return /^\s*$/.test(line);
}

/** Takes the introduction of a quote off the end of the writer's own lines. */
function introduction(own: string[]): string[] {
    let end = own.length;
    while (end > 0 && blank(own[end - 1]!)) end--;
    // An introduction may be broken into two lines.
    for (const count of [1, 2]) {
        const line = own.slice(Math.max(0, end - count), end).join(' ').trim();
        if (end >= count && line.length < 300 && introductions.slice(0, 5).some((form) => form.test(line))) {
            return own.splice(end - count);
        }
    }
    return [];
}

/** True when all that follows is an earlier letter, quoted without marks (Outlook's way). */
function beginsRest(lines: string[], at: number): boolean {
    const line = lines[at]!.trim();
    if (introductions[1]!.test(line)) return true;
    if (introductions[2]!.test(line)) return introductions[5]!.test(lines[at + 1]?.trim() ?? '');
    return (
        introductions[5]!.test(line) &&
        (blank(lines[at - 1] ?? '') || at === 0) &&
        [1, 2, 3].filter((more) => header.test(lines[at + more]?.trim() ?? '')).length >= 2
    );
}

export type Piece = { kind: 'words'; text: string } | { kind: 'link'; text: string; href: string };

// Only ASCII: in Japanese an address is followed by kana without a space.
const link = /\b(?:https?:\/\/|www\.)[!#-&(-;=?-~]+|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/g;

/** Finds web and mail addresses in plain text. Punctuation at the end of a sentence stays outside. */
export function pieces(text: string): Piece[] {
    const found: Piece[] = [];
    let at = 0;
    for (const match of text.matchAll(link)) {
        let shown = match[0].replace(/[.,;:!?)\]}>]+$/, '');
        // A closing bracket belongs to the address when its opening one does.
        const more = match[0].slice(shown.length);
        if (more.startsWith(')') && shown.includes('(')) shown += ')';
        if (match.index > at) found.push({ kind: 'words', text: text.slice(at, match.index) });
        const href = /^https?:/i.test(shown) ? shown : shown.startsWith('www.') ? `https://${shown}` : `mailto:${shown}`;
        found.push({ kind: 'link', text: shown, href });
        at = match.index + shown.length;
    }
    if (at < text.length) found.push({ kind: 'words', text: text.slice(at) });
    return found;
}

const attachmentWords =
    /\battach(ed|ing|ment|ments)?\b|\benclosed\b|添付|同封|(資料|ファイル|書類|請求書|見積書)を?お?送(り|付)/i;

/** True when the writer's own words (not what is quoted) speak of an attachment. */
export function speaksOfAttachment(subject: string, text: string): boolean {
    const own = stretches(text).filter((stretch) => stretch.kind === 'text');
    return attachmentWords.test(subject.replace(/^((re|fwd?)\s*:\s*)+.*$/i, '')) || own.some(({ text: words }) => attachmentWords.test(words));
}

/** Plain text of HTML that a person wrote in our own editor: for the text part and for drafts. */
export function plainOf(html: string): string {
    const tree = new DOMParser().parseFromString(html, 'text/html');
    return walk(tree.body, { text: '', depth: 0 }).text.replace(/[ \t]+\n/g, '\n').replace(/\n{3,}/g, '\n\n').trimEnd();
}

function walk(node: Node, out: { text: string; depth: number }): { text: string; depth: number } {
    for (const child of node.childNodes) {
        if (child.nodeType === 3) {
            out.text += child.textContent!.replace(/\s+/g, ' ');
            continue;
        }
        if (!(child instanceof Element)) continue;
        const name = child.localName;
        if (name === 'br') out.text += '\n';
        else if (name === 'blockquote') {
            const inner = walk(child, { text: '', depth: out.depth + 1 }).text.trim();
            out.text = `${lineEnd(out.text)}${inner.split('\n').map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`)).join('\n')}\n`;
        } else if (/^(p|div|li|ul|ol|h[1-6]|pre|table|tr)$/.test(name)) {
            out.text = lineEnd(out.text);
            if (name === 'li') out.text += '・';
            walk(child, out);
            out.text = lineEnd(out.text);
        } else {
            walk(child, out);
        }
    }
    return out;
}

function lineEnd(text: string): string {
    return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

export function escaped(text: string): string {
    return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
