import { describe, expect, it } from 'vitest';
import { brief, parseAddresses, without, written } from './addresses.ts';
import { pieces, speaksOfAttachment, stretches } from './text.ts';

const kinds = (text: string): string[] => stretches(text).map(({ kind }) => kind);

describe('quoted text', () => {
    it.each([
        ['plain words', 'Hello\n\nBye', ['text']],
        ['marks', 'Yes.\n\n> Shall we?\n> Ann\n\nBest', ['text', 'quote', 'text']],
        ['English introduction', 'Yes.\n\nOn Wed, 25 Nov 2026 at 10:00, Ann <ann@example.com> wrote:\n> Shall we?', ['text', 'quote']],
        ['introduction in two lines', 'Yes.\n\nOn Wed, 25 Nov 2026 at 10:00, Ann Lee of Example Corporation\n<ann@example.com> wrote:\n> Shall we?', ['text', 'quote']],
        ['Japanese introduction', '承知しました。\n\n2026年11月25日(水) 10:00 田中 <tanaka@example.com>:\n> よろしく', ['text', 'quote']],
        ['full-width mark', '承知しました。\n＞よろしく', ['text', 'quote']],
        ['Outlook', 'Yes.\n\n-----Original Message-----\nFrom: Ann\nSent: today\n\nShall we?', ['text', 'quote']],
        ['Outlook in Japanese', '承知しました。\n\n差出人: 田中\n送信日時: 今日\n宛先: 鈴木\n件名: 打合せ\n\nよろしく', ['text', 'quote']],
        ['a From: line of the writer', 'From: here on it is easy.\nSubject to change.', ['text']],
        ['a rule and a header', 'ok\n________________________________\nFrom: Ann\nSent: now', ['text', 'quote']],
        ['a rule in a signature', 'ok\n________________________________\nYubin Inc.', ['text']],
    ])('%s', (_name, text, expected) => {
        expect(kinds(text)).toEqual(expected);
    });

    it('puts the introduction into the quote', () => {
        const [own, quote] = stretches('Yes.\nOn Wed, 25 Nov 2026, Ann wrote:\n\n> Shall we?');
        expect(own).toEqual({ kind: 'text', text: 'Yes.' });
        expect(quote!.text).toMatch(/^On Wed/);
    });

    it('loses nothing and takes linear time', () => {
        const text = Array.from({ length: 100_000 }, (_, i) => (i % 3 === 0 ? '> quoted' : 'own')).join('\n');
        expect(stretches(text).map(({ text: part }) => part).join('\n')).toBe(text);
    });
});

describe('links in text', () => {
    it.each([
        ['see https://example.com/a.', ['https://example.com/a']],
        ['詳しくはhttps://example.com/a?b=1をご覧ください。', ['https://example.com/a?b=1']],
        ['(https://example.com/x(y))', ['https://example.com/x(y)']],
        ['write to ann@example.com, please', ['mailto:ann@example.com']],
        ['www.example.com!', ['https://www.example.com']],
        ['javascript:alert(1)', []],
    ])('%s', (text, hrefs) => {
        const found = pieces(text);
        expect(found.flatMap((piece) => (piece.kind === 'link' ? [piece.href] : []))).toEqual(hrefs);
        expect(found.map((piece) => piece.text).join('')).toBe(text);
    });
});

describe('a forgotten attachment', () => {
    it.each([
        ['', 'I attach the plan.', true],
        ['', '資料を添付いたします。', true],
        ['', '請求書をお送りします', true],
        ['', 'Thanks!\n\nOn Wed, 25 Nov 2026, Ann wrote:\n> I attached it', false],
        ['Re: attachment', 'Thanks!', false],
        ['添付: 見積書', 'ご確認ください', true],
        ['', 'Nothing here', false],
    ])('%s %s', (subject, text, expected) => {
        expect(speaksOfAttachment(subject, text)).toBe(expected);
    });
});

describe('addresses', () => {
    it.each([
        ['ann@example.com', [{ name: null, email: 'ann@example.com' }], []],
        ['Ann Lee <ann@example.com>, bob@example.com', [{ name: 'Ann Lee', email: 'ann@example.com' }, { name: null, email: 'bob@example.com' }], []],
        ['"Lee, Ann" <ann@example.com>', [{ name: 'Lee, Ann', email: 'ann@example.com' }], []],
        ['田中 太郎 <tanaka@example.com>、鈴木', [{ name: '田中 太郎', email: 'tanaka@example.com' }], ['鈴木']],
        ['ａｎｎ＠ｅｘａｍｐｌｅ．ｃｏｍ', [{ name: null, email: 'ann@example.com' }], []],
        ['mailto:ann@example.com', [{ name: null, email: 'ann@example.com' }], []],
        ['nobody', [], ['nobody']],
        ['a@b@c', [], ['a@b@c']],
        ['', [], []],
    ])('%s', (text, addresses, rest) => {
        expect(parseAddresses(text)).toEqual({ addresses, rest });
    });

    it('writes what it can read again', () => {
        for (const name of ['Ann', 'Lee, Ann', 'A "B" C', '田中 太郎', 'x\\y']) {
            const person = { name, email: 'ann@example.com' };
            expect(parseAddresses(written(person)).addresses).toEqual([person]);
        }
    });

    it('calls people by the name they go by', () => {
        expect(brief({ name: 'Ann Lee', email: 'a@example.com' })).toBe('Ann');
        expect(brief({ name: '田中 太郎', email: 'a@example.com' })).toBe('田中');
        expect(brief({ name: 'Lee, Ann', email: 'a@example.com' })).toBe('Ann');
        expect(brief({ name: null, email: 'ann@example.com' })).toBe('ann');
    });

    it('leaves out who is named already', () => {
        const list = ['a@example.com', 'A@EXAMPLE.com', 'b@example.com', 'me@example.com'].map((email) => ({ name: null, email }));
        expect(without(list, ['ME@example.com']).map(({ email }) => email)).toEqual(['a@example.com', 'b@example.com']);
    });
});
