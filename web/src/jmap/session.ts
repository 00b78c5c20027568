// Signing in and out, and the Session object. RFC 8620 §2.
import { RequestRefused, SignedOut, Unreachable } from './client.ts';
import type { Id, Session } from './types.ts';

export type SignIn =
    | { kind: 'in'; session: Session }
    | { kind: 'credentials' }
    | { kind: 'code'; wrong: boolean }
    | { kind: 'disabled' }
    | { kind: 'later'; seconds: number };

export interface OpenSession {
    id: string;
    current: boolean;
    device: string;
    address: string;
    created: string;
    used: string;
}

export interface AppPassword {
    id: number;
    label: string;
    uses: string[];
    created: string;
    used: string | null;
}

const errors = 'urn:yubin:error:';

async function ask(url: string, method: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = { 'X-Yubin': '1' };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const init: RequestInit = { method, headers, credentials: 'same-origin' };
    if (body !== undefined) init.body = JSON.stringify(body);
    let response: Response;
    try {
        response = await fetch(url, init);
    } catch (error) {
        throw new Unreachable(String(error));
    }
    if (response.status >= 502 && response.status <= 504) {
        throw new Unreachable(`status ${response.status}`);
    }
    return response;
}

async function refusal(response: Response): Promise<RequestRefused> {
    const problem = (await response.json().catch(() => ({}))) as { type?: string; title?: string };
    const type = (problem.type ?? '').replace(errors, '');
    return new RequestRefused(response.status, type, problem.title ?? `status ${response.status}`);
}

async function must(url: string, method: string, body?: unknown): Promise<Response> {
    const response = await ask(url, method, body);
    if (response.status === 401) throw new SignedOut('not signed in');
    if (!response.ok) throw await refusal(response);
    return response;
}

/** The Session of whoever the cookie names. */
export async function fetchSession(): Promise<Session> {
    return (await (await must('/jmap/session', 'GET')).json()) as Session;
}

/** Whether the cookie names somebody: asked at start, answered without an error when nobody is. */
export async function isSignedIn(): Promise<boolean> {
    const answer = (await (await must('/auth', 'GET')).json()) as { signedIn: unknown };
    return answer.signedIn !== null;
}

export async function signIn(name: string, password: string, code: string): Promise<SignIn> {
    const response = await ask('/login', 'POST', {
        name,
        password,
        device: device(navigator.userAgent),
        ...(code ? { code } : {}),
    });
    if (response.ok) return { kind: 'in', session: await fetchSession() };
    const seconds = Number(response.headers.get('Retry-After') ?? 60);
    const problem = await refusal(response);
    switch (problem.type) {
        case 'credentials':
            return { kind: 'credentials' };
        case 'code':
            return { kind: 'code', wrong: false };
        case 'code-wrong':
            return { kind: 'code', wrong: true };
        case 'disabled':
            return { kind: 'disabled' };
        case 'later':
            return { kind: 'later', seconds };
        default:
            throw problem;
    }
}

/** `Firefox on Linux`: what a person recognises in the list of open sessions. */
export function device(agent: string): string {
    const browser = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'].find((name) => agent.includes(name));
    const system = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac OS X', 'CrOS', 'Linux'].find((name) =>
        agent.includes(name),
    );
    const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', 'Mac OS X': 'macOS', CrOS: 'ChromeOS' };
    const said = (name: string | undefined): string => (name ? (names[name] ?? name) : 'browser');
    return system ? `${said(browser)} on ${said(system)}` : said(browser);
}

export async function signOut(): Promise<void> {
    await ask('/logout', 'POST', {});
}

export async function openSessions(): Promise<OpenSession[]> {
    return (await (await must('/auth/sessions', 'GET')).json()) as OpenSession[];
}

export async function endSession(id: string): Promise<void> {
    await must(`/auth/sessions/${encodeURIComponent(id)}`, 'DELETE');
}

export async function endOtherSessions(): Promise<void> {
    await must('/auth/sessions', 'DELETE');
}

export async function changePassword(old: string, fresh: string): Promise<void> {
    await must('/auth/password', 'POST', { old, new: fresh });
}

export async function appPasswords(): Promise<AppPassword[]> {
    return (await (await must('/auth/app-passwords', 'GET')).json()) as AppPassword[];
}

/** The password is shown once; the server keeps only its hash. */
export async function createAppPassword(label: string): Promise<{ id: number; password: string }> {
    return (await (await must('/auth/app-passwords', 'POST', { label })).json()) as {
        id: number;
        password: string;
    };
}

export async function removeAppPassword(id: number): Promise<void> {
    await must(`/auth/app-passwords/${id}`, 'DELETE');
}

export interface Totp {
    enabled: boolean;
    recoveryCodesLeft: number;
}

export async function totp(): Promise<Totp> {
    return (await (await must('/auth/totp', 'GET')).json()) as Totp;
}

/** A new secret for the authenticator app; it counts only after [confirmTotp]. */
export async function beginTotp(password: string): Promise<{ secret: string; uri: string }> {
    return (await (await must('/auth/totp', 'POST', { password })).json()) as { secret: string; uri: string };
}

/** Gives the recovery codes, which are shown once. */
export async function confirmTotp(code: string): Promise<string[]> {
    const answer = (await (await must('/auth/totp', 'PUT', { code })).json()) as { recoveryCodes: string[] };
    return answer.recoveryCodes;
}

export async function endTotp(password: string): Promise<void> {
    await must('/auth/totp', 'DELETE', { password });
}

/** Asks the server to take the person off the list that sent this letter. RFC 8058. */
export async function unsubscribe(accountId: Id, emailId: Id): Promise<void> {
    await must('/unsubscribe', 'POST', { accountId, emailId });
}
