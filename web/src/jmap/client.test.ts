import { describe, expect, it } from 'vitest';
import { Client, expand, MethodRefused, SignedOut, Unreachable } from './client.ts';
import type { Session } from './types.ts';

const session = {
    capabilities: {
        'urn:ietf:params:jmap:core': { maxCallsInRequest: 4 },
        'urn:ietf:params:jmap:mail': {},
    },
    apiUrl: '/jmap/api',
    downloadUrl: '/jmap/download/{accountId}/{blobId}/{name}?type={type}',
} as unknown as Session;

interface Sent {
    using: string[];
    methodCalls: [string, Record<string, unknown>, string][];
}

/** A server of one sentence: answers each request with what `reply` says. */
function conversation(reply: (sent: Sent) => Response | Error): { client: Client; sent: Sent[] } {
    const sent: Sent[] = [];
    const client = new Client(session, async (_url, init) => {
        const request = JSON.parse(String(init.body)) as Sent;
        sent.push(request);
        const answer = reply(request);
        if (answer instanceof Error) throw answer;
        return answer;
    });
    return { client, sent };
}

function echo(request: Sent): Response {
    return Response.json({ methodResponses: request.methodCalls });
}

describe('the client', () => {
    it('puts calls of one moment into one request', async () => {
        const { client, sent } = conversation(echo);
        const answers = await Promise.all([client.call('Core/echo', { a: 1 }), client.call('Core/echo', { b: 2 })]);
        expect(sent).toHaveLength(1);
        expect(answers).toEqual([{ a: 1 }, { b: 2 }]);
    });

    it('names only capabilities that the server has', async () => {
        const { client, sent } = conversation(echo);
        await client.call('Core/echo', {});
        expect(sent[0]!.using).toEqual(['urn:ietf:params:jmap:core', 'urn:ietf:params:jmap:mail']);
    });

    it('keeps a batch together when the server takes few calls at once', async () => {
        const { client, sent } = conversation(echo);
        const batches = [1, 2].map(() => {
            const batch = client.batch();
            const query = batch.add('Email/query', {});
            const get = batch.add('Email/get', { '#ids': query.ref('/ids') });
            batch.add('Thread/get', { '#ids': get.ref('/list/*/threadId') });
            batch.send();
            return get;
        });
        await Promise.all(batches.map((get) => get.answer));
        expect(sent.map((request) => request.methodCalls.length)).toEqual([3, 3]);
        const [query, get] = sent[1]!.methodCalls;
        expect(get![1]['#ids']).toEqual({ resultOf: query![2], name: 'Email/query', path: '/ids' });
    });

    it('tells a refused call apart from its neighbours', async () => {
        const { client } = conversation((request) =>
            Response.json({
                methodResponses: request.methodCalls.map(([name, args, id], i) =>
                    i === 0 ? ['error', { type: 'unknownMethod' }, id] : [name, args, id],
                ),
            }),
        );
        const wrong = client.call('Email/paint', {});
        const right = client.call('Core/echo', { fine: true });
        await expect(wrong).rejects.toBeInstanceOf(MethodRefused);
        expect(await right).toEqual({ fine: true });
    });

    it('takes the first of two answers with one id', async () => {
        const { client } = conversation((request) => {
            const id = request.methodCalls[0]![2];
            return Response.json({
                methodResponses: [
                    ['EmailSubmission/set', { created: {} }, id],
                    ['Email/set', { updated: {} }, id],
                ],
            });
        });
        expect(await client.call('EmailSubmission/set', {})).toEqual({ created: {} });
    });

    it('fails every call when the network is away, and says so', async () => {
        const { client } = conversation(() => new TypeError('failed to fetch'));
        const reached: boolean[] = [];
        client.onReach = (yes) => reached.push(yes);
        await expect(client.call('Core/echo', {})).rejects.toBeInstanceOf(Unreachable);
        expect(reached).toEqual([false]);
    });

    it('says that the person is signed out', async () => {
        const { client } = conversation(() => new Response('{}', { status: 401 }));
        let told = 0;
        client.onSignedOut = () => told++;
        await expect(client.call('Core/echo', {})).rejects.toBeInstanceOf(SignedOut);
        expect(told).toBe(1);
    });

    it('fills URL templates with percent-encoded values', () => {
        expect(expand('/d/{blobId}/{name}', { blobId: 'b1', name: '請求 書/1.pdf' })).toBe(
            '/d/b1/%E8%AB%8B%E6%B1%82%20%E6%9B%B8%2F1.pdf',
        );
    });
});
