// A TEST DOUBLE of the server, for tests of the client only: JMAP over records in memory, the built
// files, a cookie. It knows just what the client asks for, and can be told to be away or to refuse.
import { createServer } from 'node:http';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { letters, me, more } from './letters.mjs';

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png', '.webmanifest': 'application/manifest+json' };
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self' blob:; media-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export class Double {
    /** Tests set this: `(name, args) => [name, answer] | null` before a method is carried out. */
    intercept = () => null;
    away = false;
    state = 1;
    log = [];
    changes = [];
    listeners = new Set();
    blobs = new Map();
    submissions = new Map();
    emails = new Map();
    mailboxes = new Map();
    next = 1;
    signedIn = true;
    identities = [{ id: 'i1', name: me.name, email: me.email, replyTo: null, bcc: null, textSignature: '佐藤 花子\n株式会社 例', htmlSignature: '', mayDelete: false }];

    constructor(folder, { count = 300, empty = false } = {}) {
        this.folder = folder;
        const rights = Object.fromEntries(['mayReadItems', 'mayAddItems', 'mayRemoveItems', 'maySetSeen', 'maySetKeywords', 'mayCreateChild', 'mayRename', 'mayDelete', 'maySubmit'].map((r) => [r, true]));
        const box = (id, name, role, parentId = null) => this.mailboxes.set(id, { id, name, role, parentId, sortOrder: 10, isSubscribed: true, myRights: rights });
        for (const role of ['inbox', 'drafts', 'sent', 'archive', 'junk', 'trash']) box(`m-${role}`, role, role);
        box('m-1', '請求書', null);
        box('m-2', 'Projects', null);
        box('m-3', 'Kyoto', null, 'm-2');
        box('m-4', '経営企画部・来期予算策定プロジェクト・関係者限り', null, 'm-2');
        if (!empty) for (const letter of [...letters, ...more(count)]) this.put(letter);
    }

    put(letter) {
        const id = `e${this.next++}`;
        this.emails.set(id, {
            id, blobId: `b-${id}`, threadId: letter.t ?? `t-${id}`, mailboxIds: { [`m-${letter.box}`]: true },
            keywords: { ...(letter.seen ? { $seen: true } : {}), ...(letter.flagged ? { $flagged: true } : {}), ...(letter.draft ? { $draft: true } : {}) },
            size: 2_000, receivedAt: new Date(letter.at ?? Date.now()).toISOString().replace(/\.\d+Z/, 'Z'), sentAt: null,
            from: [letter.from], to: letter.to, cc: letter.cc ?? null, bcc: null, replyTo: null, subject: letter.subject ?? null,
            hasAttachment: Boolean(letter.attachments), preview: (letter.text ?? letter.html.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim().slice(0, 200),
            messageId: [`${id}@example.com`], inReplyTo: null, references: null,
            textBody: [{ partId: '1', blobId: `p-${id}`, size: 100, name: null, type: letter.html ? 'text/html' : 'text/plain', charset: 'utf-8', disposition: null, cid: null }],
            htmlBody: [{ partId: '1', blobId: `p-${id}`, size: 100, name: null, type: letter.html ? 'text/html' : 'text/plain', charset: 'utf-8', disposition: null, cid: null }],
            attachments: (letter.attachments ?? []).map(([name, type, size], i) => ({ partId: `${i + 2}`, blobId: `a-${id}-${i}`, size, name, type, charset: null, disposition: 'attachment', cid: null })),
            bodyValues: { 1: { value: letter.text ?? letter.html, isEncodingProblem: false, isTruncated: false } },
            'header:List-Unsubscribe:asURLs': letter.list ? [letter.list.slice(1, -1)] : null, 'header:List-Unsubscribe-Post:asText': letter.list ? 'List-Unsubscribe=One-Click' : null,
        });
        if (letter.submission) {
            const sid = `s${this.submissions.size + 1}`;
            this.submissions.set(sid, { id: sid, identityId: 'i1', emailId: id, threadId: letter.t, sendAt: '2026-11-20T00:00:00Z', undoStatus: 'final', deliveryStatus: letter.submission, envelope: null });
        }
        return id;
    }

    /** A letter comes in while people look. */
    arrive(letter) {
        const id = this.put(letter);
        this.changed(id, 'created');
        this.push();
        return id;
    }

    changed(id, how) {
        this.state++;
        this.changes.push({ id, how, state: this.state });
    }

    push() {
        const event = `event: state\ndata: ${JSON.stringify({ '@type': 'StateChange', changed: { a1: { Email: `${this.state}`, Mailbox: `${this.state}`, Thread: `${this.state}` } } })}\n\n`;
        for (const response of this.listeners) response.write(event);
    }

    async listen(port = 0) {
        this.server = createServer((request, response) => void this.handle(request, response).catch((error) => {
            console.error(error);
            response.writeHead(500).end();
        }));
        await new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve));
        this.url = `http://127.0.0.1:${this.server.address().port}`;
        return this.url;
    }

    close() {
        for (const response of this.listeners) response.end();
        this.server.closeAllConnections();
        return new Promise((resolve) => this.server.close(resolve));
    }

    async handle(request, response) {
        const url = new URL(request.url, this.url);
        this.log.push(`${request.method} ${url.pathname}`);
        if (this.away) return void request.socket.destroy();
        const json = (status, value, headers = {}) => response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(value));
        const octets = await octetsOf(request);
        if (request.method !== 'GET' && !request.headers['x-yubin']) return json(403, { type: 'urn:yubin:error:csrf' });
        const path = url.pathname;
        if (path === '/login') {
            const { password, code } = JSON.parse(octets);
            if (password === 'code' && !code) return json(401, { type: 'urn:yubin:error:code' });
            if (password !== 'secret' && password !== 'code') return json(401, { type: 'urn:yubin:error:credentials' });
            this.signedIn = true;
            return json(200, { address: me.email, accountId: 'a1', language: 'ja' });
        }
        if (path === '/auth') return json(200, { signedIn: this.signedIn ? { address: me.email, accountId: 'a1', language: 'ja' } : null, ways: ['password'] });
        if (/^\/(jmap|auth|logout|view|unsubscribe)/.test(path) && !this.signedIn) return json(401, { type: 'urn:yubin:error:login' });
        if (path === '/logout') { this.signedIn = false; return response.writeHead(204).end(); }
        if (path === '/unsubscribe') return response.writeHead(204).end();
        if (path === '/auth/sessions') return json(200, [{ id: '1', device: 'Chrome on Linux', address: '192.0.2.7', created: '2026-11-01T00:00:00Z', used: '2026-11-25T00:00:00Z', current: true }, { id: '2', device: 'Safari on iPhone', address: '2001:db8::7', created: '2026-10-01T00:00:00Z', used: '2026-11-24T00:00:00Z', current: false }]);
        if (path === '/auth/totp') return json(200, { enabled: false, recoveryCodesLeft: 0 });
        if (path === '/auth/app-passwords') return request.method === 'POST' ? json(201, { id: 3, password: 'abcd-efgh-ijkl-mnop' }) : json(200, [{ id: 2, label: 'Thunderbird', uses: ['imap'], created: '2026-10-01T00:00:00Z', used: null }]);
        if (path === '/jmap/session') return json(200, this.session());
        if (path === '/jmap/api') return json(200, this.api(JSON.parse(octets)));
        if (path.startsWith('/jmap/upload/')) {
            const blobId = `u${this.next++}`;
            this.blobs.set(blobId, octets);
            return json(201, { accountId: 'a1', blobId, type: request.headers['content-type'], size: octets.length });
        }
        if (path.startsWith('/jmap/download/')) {
            const blobId = path.split('/')[4];
            const email = [...this.emails.values()].find(({ id }) => blobId === `p-${id}`);
            return response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' }).end(email ? (email.bodyValues.h ?? email.bodyValues[1]).value : (this.blobs.get(blobId) ?? 'From: nobody\n'));
        }
        if (path === '/jmap/eventsource') {
            response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': hello\n\n');
            this.listeners.add(response);
            return void request.on('close', () => this.listeners.delete(response));
        }
        if (path.startsWith('/view/')) {
            const html = this.emails.get(decodeURIComponent(path.split('/')[3]))?.bodyValues[1]?.value ?? '';
            const remote = (html.match(/<img /g) ?? []).length;
            const shown = url.searchParams.get('images') === '1' ? html.replaceAll('http://', '/image?url=http://') : html.replace(/<img [^>]*>/g, '');
            const dark = url.searchParams.get('dark') === '1' ? ':root{color-scheme:dark}body{background:transparent;color:#ece7df}' : '';
            return response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'" })
                .end(`<!doctype html><html data-remote="${remote}"><head><style>body{margin:0;font:15px/1.6 sans-serif}${dark}</style></head><body>${shown}</body></html>`);
        }
        if (path === '/image') return response.writeHead(200, { 'Content-Type': 'image/svg+xml' }).end('<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><rect width="80" height="40" fill="teal"/></svg>');
        const file = join(this.folder, path === '/' ? 'index.html' : path);
        if (!file.startsWith(this.folder) || !existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
        response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream', 'Content-Security-Policy': csp, 'Cache-Control': 'no-cache' }).end(readFileSync(file));
    }

    session() {
        const core = { maxSizeUpload: 50_000_000, maxConcurrentUpload: 4, maxSizeRequest: 10_000_000, maxConcurrentRequests: 4, maxCallsInRequest: 16, maxObjectsInGet: 1_000, maxObjectsInSet: 1_000, collationAlgorithms: [] };
        const mail = 'urn:ietf:params:jmap:mail';
        const submission = 'urn:ietf:params:jmap:submission';
        return {
            capabilities: { 'urn:ietf:params:jmap:core': core, [mail]: {}, [submission]: {} },
            accounts: { a1: { name: me.email, isPersonal: true, isReadOnly: false, accountCapabilities: { [mail]: {}, [submission]: { maxDelayedSend: 86_400_000, submissionExtensions: { FUTURERELEASE: [] } } } } },
            primaryAccounts: { [mail]: 'a1', [submission]: 'a1' }, username: me.email, state: '1',
            apiUrl: `${this.url}/jmap/api`, uploadUrl: `${this.url}/jmap/upload/{accountId}/`,
            downloadUrl: `${this.url}/jmap/download/{accountId}/{blobId}/{name}?type={type}`, eventSourceUrl: `${this.url}/jmap/eventsource?types={types}&closeafter={closeafter}&ping={ping}`,
        };
    }

    api({ methodCalls }) {
        const answers = [];
        const created = {};
        for (const [name, raw, id] of methodCalls) {
            const args = {};
            for (const [key, value] of Object.entries(raw)) {
                if (key.startsWith('#')) {
                    const before = answers.find(([n, , i]) => i === value.resultOf && n === value.name);
                    args[key.slice(1)] = before ? [...new Set(this.pointer(before[1], value.path.split('/').slice(1)))] : [];
                } else args[key] = value;
            }
            const special = this.intercept(name, args);
            const [method, answer] = special ?? [name, this.method(name, args, created)];
            answers.push([method, answer, id]);
        }
        return { methodResponses: answers, sessionState: '1' };
    }

    pointer(value, path) {
        if (path.length === 0) return Array.isArray(value) ? value : [value];
        const [first, ...rest] = path;
        if (first === '*') return value.flatMap((each) => this.pointer(each, rest));
        return this.pointer(value[first], rest);
    }

    method(name, args, created) {
        const state = `${this.state}`;
        const got = (list, ids, all) => ({ accountId: 'a1', state, list, notFound: (ids ?? []).filter((id) => !all.has(id)) });
        switch (name) {
            case 'Mailbox/get': {
                const all = [...this.emails.values()];
                return got([...this.mailboxes.values()].map((box) => {
                    const inside = all.filter((email) => email.mailboxIds[box.id]);
                    const unread = inside.filter((email) => !email.keywords.$seen && !email.keywords.$draft);
                    return { ...box, totalEmails: inside.length, unreadEmails: unread.length, totalThreads: inside.length, unreadThreads: unread.length };
                }));
            }
            case 'Mailbox/set': {
                for (const [key, box] of Object.entries(args.create ?? {})) {
                    const id = `m-new${this.next++}`;
                    created[key] = id;
                    this.mailboxes.set(id, { ...this.mailboxes.get('m-1'), role: null, parentId: null, ...box, id });
                }
                for (const [id, update] of Object.entries(args.update ?? {})) Object.assign(this.mailboxes.get(id), update);
                for (const id of args.destroy ?? []) this.mailboxes.delete(id);
                return { created: {}, newState: state };
            }
            case 'Identity/get': return got(this.identities);
            case 'Identity/set': {
                for (const [id, update] of Object.entries(args.update ?? {})) Object.assign(this.identities.find((each) => each.id === id), update);
                return { updated: args.update, newState: state };
            }
            case 'Thread/get': return got((args.ids ?? []).map((id) => ({ id, emailIds: [...this.emails.values()].filter((email) => email.threadId === id).sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1)).map((email) => email.id) })));
            case 'Email/get': return got((args.ids ?? []).filter((id) => this.emails.has(id)).map((id) => {
                const email = this.emails.get(id);
                return Object.fromEntries(['id', ...(args.properties ?? Object.keys(email))].map((property) => [property, email[property] ?? null]));
            }), args.ids, this.emails);
            case 'Email/changes': {
                const since = this.changes.filter((change) => change.state > Number(args.sinceState));
                const how = (kind) => [...new Set(since.filter((change) => change.how === kind).map(({ id }) => id))];
                return { oldState: args.sinceState, newState: state, hasMoreChanges: false, created: how('created'), updated: how('updated').filter((id) => this.emails.has(id)), destroyed: how('destroyed') };
            }
            case 'Email/query': {
                let all = [...this.emails.values()].filter((email) => this.matches(email, args.filter)).sort((a, b) => (a.receivedAt < b.receivedAt ? 1 : a.receivedAt > b.receivedAt ? -1 : a.id < b.id ? 1 : -1));
                if (args.collapseThreads) {
                    const known = new Set();
                    all = all.filter(({ threadId }) => !known.has(threadId) && known.add(threadId));
                }
                const position = args.position ?? 0;
                return { queryState: state, canCalculateChanges: false, position, total: all.length, ids: all.slice(position, position + (args.limit ?? 1e9)).map(({ id }) => id) };
            }
            case 'SearchSnippet/get': {
                const words = [...JSON.stringify(args.filter).matchAll(/"(?:text|subject|from)":"\\?"?([^"\\]+)/g)].map(([, word]) => word);
                const word = words.at(-1);
                const mark = (text) => (word && text.includes(word) ? text.replaceAll('<', '&lt;').replaceAll(word, `<mark>${word}</mark>`) : null);
                return { list: args.emailIds.map((emailId) => ({ emailId, subject: mark(this.emails.get(emailId).subject ?? ''), preview: mark(this.emails.get(emailId).preview) })), notFound: [] };
            }
            case 'Email/set': return this.setEmails(args, created, state);
            case 'EmailSubmission/query': return { ids: [...this.submissions.values()].filter(({ emailId }) => args.filter.emailIds.includes(emailId)).map(({ id }) => id), position: 0, queryState: state };
            case 'EmailSubmission/get': return got(args.ids.map((id) => this.submissions.get(id)));
            case 'EmailSubmission/set': {
                const answer = { created: {}, updated: {}, newState: state };
                for (const [id, update] of Object.entries(args.update ?? {})) Object.assign(this.submissions.get(id), update);
                for (const [key, submission] of Object.entries(args.create ?? {})) {
                    const emailId = submission.emailId.startsWith('#') ? created[submission.emailId.slice(1)] : submission.emailId;
                    const id = `s${this.submissions.size + 1}`;
                    const email = this.emails.get(emailId);
                    this.submissions.set(id, { ...submission, id, emailId, threadId: email.threadId, sendAt: new Date().toISOString(), undoStatus: submission.envelope?.mailFrom.parameters ? 'pending' : 'final', deliveryStatus: null, envelope: submission.envelope ?? null });
                    answer.created[key] = { id };
                    const patch = args.onSuccessUpdateEmail?.[`#${key}`];
                    if (patch) this.setEmails({ update: { [emailId]: patch } }, created, state);
                }
                return answer;
            }
            default: return { type: 'unknownMethod' };
        }
    }

    setEmails(args, created, state) {
        const answer = { accountId: 'a1', oldState: state, created: {}, updated: {}, destroyed: [], newState: '' };
        for (const [key, email] of Object.entries(args.create ?? {})) {
            const text = email.bodyValues?.t?.value ?? '';
            const before = email.inReplyTo ? [...this.emails.values()].find((each) => each.messageId?.[0] === email.inReplyTo[0]) : null;
            const id = this.put({ box: 'drafts', t: before?.threadId, from: email.from?.[0] ?? me, to: email.to, cc: email.cc, subject: email.subject, text });
            const stored = this.emails.get(id);
            const part = { partId: '1', blobId: `p-${id}`, size: 100, name: null, type: 'text/plain', charset: 'utf-8', disposition: null, cid: null };
            Object.assign(stored, { ...email, id, bodyValues: { 1: { value: text, isEncodingProblem: false, isTruncated: false }, ...(email.bodyValues?.h ? { h: { value: email.bodyValues.h.value } } : {}) }, textBody: [part], htmlBody: email.htmlBody ? [{ ...part, partId: 'h', type: 'text/html' }] : [part], attachments: email.attachments ?? [], hasAttachment: Boolean(email.attachments?.length), sentAt: email.sentAt });
            created[key] = id;
            answer.created[key] = { id, blobId: stored.blobId, threadId: stored.threadId, size: 1 };
            this.changed(id, 'created');
        }
        for (const [id, patch] of Object.entries(args.update ?? {})) {
            const email = this.emails.get(id);
            if (!email) { (answer.notUpdated ??= {})[id] = { type: 'notFound' }; continue; }
            for (const [path, value] of Object.entries(patch)) {
                const [property, key] = path.split('/');
                if (!key) email[property] = value;
                else if (value === null) delete email[property][key];
                else email[property][key] = value;
            }
            answer.updated[id] = null;
            this.changed(id, 'updated');
        }
        for (const id of args.destroy ?? []) {
            this.emails.delete(id);
            answer.destroyed.push(id);
            this.changed(id, 'destroyed');
        }
        answer.newState = `${this.state}`;
        this.push();
        return answer;
    }

    matches(email, filter) {
        if (!filter) return true;
        if (filter.operator) {
            const all = filter.conditions.map((each) => this.matches(email, each));
            return filter.operator === 'AND' ? all.every(Boolean) : filter.operator === 'OR' ? all.some(Boolean) : !all.some(Boolean);
        }
        const people = (list) => (list ?? []).map(({ name, email: address }) => `${name} ${address}`).join(' ').toLowerCase();
        const has = (text, value) => (text ?? '').toLowerCase().includes(String(value).replaceAll('"', '').toLowerCase());
        return Object.entries(filter).every(([key, value]) => {
            switch (key) {
                case 'inMailbox': return email.mailboxIds[value];
                case 'inMailboxOtherThan': return Object.keys(email.mailboxIds).some((id) => !value.includes(id));
                case 'hasKeyword': return email.keywords[value];
                case 'notKeyword': return !email.keywords[value];
                case 'hasAttachment': return email.hasAttachment === value;
                case 'from': return has(people(email.from), value);
                case 'to': return has(people(email.to), value);
                case 'subject': return has(email.subject, value);
                case 'before': return email.receivedAt < value;
                case 'after': return email.receivedAt >= value;
                case 'header': return email.messageId?.[0] === value[1];
                default: return has(`${email.subject} ${people(email.from)} ${people(email.to)} ${email.bodyValues[1].value}`, value);
            }
        });
    }
}

async function octetsOf(request) {
    const parts = [];
    for await (const part of request) parts.push(part);
    return Buffer.concat(parts);
}
