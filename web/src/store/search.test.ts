import { describe, expect, it } from 'vitest';
import type { Mailbox } from '../jmap/types.ts';
import { dayOf, octetsOf, searchFilter, terms } from './search.ts';

const mailboxes = [
    { id: 'm1', name: 'Inbox', role: 'inbox' },
    { id: 'm2', name: '請求書', role: null },
] as Mailbox[];
const filter = (text: string): unknown => searchFilter(text, mailboxes, (m) => (m.role === 'inbox' ? '受信箱' : m.name));

describe('a search', () => {
    it.each([
        ['', null],
        ['  　 ', null],
        ['請求書', { text: '請求書' }],
        ['from:ann', { from: 'ann' }],
        ['差出人:田中', { from: '田中' }],
        ['件名：見積', { subject: '見積' }],
        ['from:"Ann Lee"', { from: 'Ann Lee' }],
        ['"two words"', { text: '"two words"' }],
        ['「東京 駅」', { text: '"東京 駅"' }],
        ['has:attachment', { hasAttachment: true }],
        ['is:unread', { notKeyword: '$seen' }],
        ['is:未読', { notKeyword: '$seen' }],
        ['in:inbox', { inMailbox: 'm1' }],
        ['in:受信箱', { inMailbox: 'm1' }],
        ['in:請求書', { inMailbox: 'm2' }],
        ['larger:2M', { minSize: 2_000_000 }],
        ['-from:bob', { operator: 'NOT', conditions: [{ from: 'bob' }] }],
        ['http://example.com/', { text: 'http://example.com/' }],
        ['from:', { text: 'from:' }],
        ['"open', { text: 'open' }],
        ['ann　請求', { operator: 'AND', conditions: [{ text: 'ann' }, { text: '請求' }] }],
    ])('%s', (text, expected) => {
        expect(filter(text)).toEqual(expected);
    });

    it('reads days and refuses those that are not in the calendar', () => {
        expect(dayOf('2026-02-30')).toBeNull();
        expect(dayOf('2026-13')).toBeNull();
        expect(dayOf('soon')).toBeNull();
        expect(new Date(dayOf('2026/11/25')!).getDate()).toBe(25);
        expect(new Date(dayOf('2026年11月25日')!).getMonth()).toBe(10);
        expect(new Date(dayOf('2026')!).getFullYear()).toBe(2026);
    });

    it('reads sizes', () => {
        expect(['10M', '500k', '1.5MB', '7', 'big', '>1m'].map(octetsOf)).toEqual([10_000_000, 500_000, 1_500_000, 7, null, 1_000_000]);
    });

    it('is total: whatever is typed gives terms', () => {
        const letters = [...'ab:"-「」： 　是\u{1f600}\n'];
        let seed = 20261125;
        const next = (): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff);
        for (let round = 0; round < 2_000; round++) {
            const text = Array.from({ length: next() % 12 }, () => letters[next() % letters.length]).join('');
            expect(() => terms(text), `seed 20261125, ${JSON.stringify(text)}`).not.toThrow();
        }
    });
});
