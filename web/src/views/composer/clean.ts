// Formatting that our own editor knows. Pasted text and drafts from elsewhere are reduced to it.
// The tree is built in a document of its own, in which nothing loads and nothing runs.

const elements: Record<string, string[]> = {
    a: ['href'],
    b: [], strong: [], i: [], em: [], u: [], s: [], code: [], pre: [], br: [], p: [], div: [], span: [],
    blockquote: [], ul: [], ol: ['start'], li: [], h1: [], h2: [], h3: [], hr: [],
    table: [], thead: [], tbody: [], tr: [], td: ['colspan', 'rowspan'], th: ['colspan', 'rowspan'],
};
const dropped = /^(script|style|head|title|template|noscript|iframe|object|embed|svg|math|textarea|select|option|meta|link|base|form|input|button|img|video|audio)$/;
const depthMost = 100;

export function cleaned(html: string): string {
    const from = new DOMParser().parseFromString(html, 'text/html');
    const to = document.implementation.createHTMLDocument('');
    copy(from.body, to.body, to, 0);
    return to.body.innerHTML;
}

function copy(from: Node, to: Node, owner: Document, depth: number): void {
    for (const child of from.childNodes) {
        if (child.nodeType === Node.TEXT_NODE) {
            to.appendChild(owner.createTextNode(child.textContent ?? ''));
            continue;
        }
        if (!(child instanceof Element)) continue;
        const name = child.localName;
        if (dropped.test(name)) continue;
        const attributes = elements[name];
        // What we do not know is left out, its text stays; deeper than any letter everything flattens.
        if (!attributes || depth > depthMost) {
            copy(child, to, owner, depth);
            continue;
        }
        const element = owner.createElement(name);
        for (const attribute of attributes) {
            const value = child.getAttribute(attribute);
            if (value === null) continue;
            if (attribute === 'href' && !/^(https?:|mailto:)/i.test(value.trim())) continue;
            element.setAttribute(attribute, value);
        }
        to.appendChild(element);
        copy(child, element, owner, depth + 1);
    }
}
