// The main journeys of a person, in Chromium, in both languages, against the test double.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Double } from '../double/server.mjs';
import { found, launch } from './browser.mjs';

const folder = resolve(process.env.YUBIN_WEB_OUT ?? 'dist');
const missing = found() ? '' : ' (left out: no Chromium here; Debian: apt-get install chromium)';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe.skipIf(missing)(`a person${missing}`, () => {
    let browser;
    let double;
    let context;
    let page;
    let troubles;

    beforeAll(async () => {
        browser = await launch();
    });
    afterAll(() => browser?.close());
    beforeEach(async () => {
        double = new Double(folder);
        await double.listen();
        troubles = [];
    });
    afterEach(async () => {
        await context?.close();
        await double.close();
        expect(troubles).toEqual([]);
    });

    /** Opens the client in a fresh profile. */
    async function come({ language = 'en', preferences = {}, hash = '#/inbox', signedIn = true, offline = false, ...options } = {}) {
        double.signedIn = signedIn;
        context = await browser.newContext({
            viewport: { width: 1280, height: 800 },
            locale: language === 'ja' ? 'ja-JP' : 'en-GB',
            timezoneId: 'Asia/Tokyo',
            serviceWorkers: offline ? 'allow' : 'block',
            ...options,
        });
        await context.addInitScript((chosen) => localStorage.getItem('yubin.preferences') ?? localStorage.setItem('yubin.preferences', JSON.stringify(chosen)), { undoSeconds: 0, ...preferences });
        page = await open(hash);
        if (signedIn) await page.getByRole('row').first().waitFor();
        return page;
    }

    async function open(hash) {
        const opened = await context.newPage();
        opened.setDefaultTimeout(20_000);
        opened.on('pageerror', (error) => troubles.push(error.message));
        opened.on('dialog', (dialog) => void dialog.accept());
        await opened.goto(`${double.url}/${hash}`);
        return opened;
    }

    const row = (text) => page.getByRole('row').filter({ hasText: text });
    const inBox = (role) => [...double.emails.values()].filter((email) => email.mailboxIds[`m-${role}`]);
    const eventually = (check) => expect.poll(check, { timeout: 20_000, interval: 50 });
    const toast = (text) => page.locator('.toast').filter({ hasText: text });

    it.each([
        ['ja', 'ログイン', 'メールアドレスまたはパスワードが正しくありません。', '受信箱'],
        ['en', 'Sign in', 'This address and password do not fit together.', 'Inbox'],
    ])('signs in (%s)', async (language, go, wrong, inbox) => {
        await come({ language, signedIn: false });
        await page.locator('input[type=email]').fill('hanako@example.com');
        await page.locator('#password').fill('wrong');
        await page.getByRole('button', { name: go, exact: true }).click();
        expect(await page.getByRole('alert').textContent()).toBe(wrong);
        await page.locator('#password').fill('code');
        await page.getByRole('button', { name: go, exact: true }).click();
        await page.locator('input[autocomplete=one-time-code]').fill('123456');
        await page.getByRole('button', { name: go, exact: true }).click();
        await page.getByRole('heading', { name: inbox }).waitFor();
        expect(await page.locator('html').getAttribute('lang')).toBe(language);
    });

    it('reads a conversation: the last letter is open, its quote folded, and it is read afterwards', async () => {
        await come();
        await row('Plan for the Kyoto office').click();
        await page.getByText('Any news? The landlord').last().waitFor();
        expect(await page.locator('blockquote').count()).toBe(0);
        await page.getByRole('button', { name: 'Show quoted text' }).click();
        await page.locator('blockquote').getByText('Thanks, I will look at it.').waitFor();
        await eventually(() => double.emails.get('e3').keywords.$seen).toBe(true);
    });

    it('answers to all: who, subject, threading and the mark at the answered letter', async () => {
        await come();
        await row('Plan for the Kyoto office').click();
        await page.locator('.answer').getByRole('button', { name: 'Reply to all' }).click();
        const text = page.locator('.composer textarea');
        await text.waitFor();
        await page.keyboard.type('On Friday you will have it.');
        await page.keyboard.press('Control+Enter');
        await toast('Sent').waitFor();
        const sent = inBox('sent').find((email) => email.subject === 'Re: Plan for the Kyoto office' && email.inReplyTo);
        expect(sent).toMatchObject({
            to: [{ email: 'ann@example.com' }],
            cc: [{ email: 'bob@example.com' }],
            inReplyTo: ['e3@example.com'],
            references: ['e3@example.com'],
        });
        expect(sent.keywords.$draft).toBeUndefined();
        expect(sent.bodyValues[1].value).toMatch(/^On Friday you will have it\.\n[^]*> Any news\?/);
        await eventually(() => double.emails.get('e3').keywords.$answered).toBe(true);
        expect(inBox('drafts').map((email) => email.subject)).toEqual(['Lunch']);
    });

    it('takes a sent letter back', async () => {
        await come({ preferences: { undoSeconds: 30 } });
        await page.getByRole('button', { name: 'Write' }).first().click();
        await page.keyboard.type('ann@example.com,');
        await page.locator('.composer').getByLabel('Subject').fill('Oops');
        await page.keyboard.press('Control+Enter');
        await toast('Sending').getByRole('button', { name: 'Undo' }).click();
        await page.getByRole('dialog', { name: 'Oops' }).waitFor();
        expect(double.submissions.get('s4')).toMatchObject({ undoStatus: 'canceled', envelope: { mailFrom: { parameters: { HOLDFOR: '30' } } } });
        expect(inBox('sent').filter((email) => email.subject === 'Oops')).toEqual([]);
    });

    it('finds what was being written among the drafts, with its file', async () => {
        await come({ language: 'ja' });
        await page.getByRole('button', { name: '新規作成' }).first().click();
        await page.locator('.composer').getByLabel('件名').fill('書きかけ');
        await page.locator('.composer input[type=file]').setInputFiles({ name: '資料.txt', mimeType: 'text/plain', buffer: Buffer.from('abc') });
        await eventually(() => inBox('drafts').find((email) => email.subject === '書きかけ')?.attachments[0]?.name).toBe('資料.txt');
        await page.keyboard.press('Escape');
        await eventually(() => page.locator('.composer').count()).toBe(0);
        await page.goto(`${double.url}/#/drafts`);
        await row('書きかけ').click();
        expect(await page.locator('.composer').getByLabel('件名').inputValue()).toBe('書きかけ');
        await page.locator('.composer').getByText('資料.txt').waitFor();
        expect(inBox('drafts')).toHaveLength(2);
    });

    it('is asked about a forgotten attachment, in Japanese', async () => {
        await come({ language: 'ja' });
        await page.getByRole('button', { name: '新規作成' }).first().click();
        await page.keyboard.type('ann@example.com,');
        await page.locator('.composer').getByLabel('件名').fill('資料');
        await page.locator('.composer textarea').fill('資料を添付いたします。');
        await page.keyboard.press('Control+Enter');
        await page.getByText('ファイルが添付されていません').waitFor();
        expect(double.submissions.size).toBe(3);
        await page.getByRole('button', { name: 'このまま送信' }).click();
        await toast('送信しました').waitFor();
    });

    it('confirms kanji with Enter, and nothing is sent, searched or chosen', async () => {
        await come({ language: 'ja' });
        const cdp = await context.newCDPSession(page);
        const enterWhileComposing = async (text) => {
            await cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
            for (const type of ['rawKeyDown', 'keyUp']) {
                await cdp.send('Input.dispatchKeyEvent', { type, key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229, modifiers: 2 });
                await cdp.send('Input.dispatchKeyEvent', { type, key: 'Process', code: 'Enter', windowsVirtualKeyCode: 229 });
            }
            await cdp.send('Input.insertText', { text });
        };
        const search = page.getByRole('combobox', { name: 'メールを検索' });
        await search.click();
        await cdp.send('Input.imeSetComposition', { text: 'せいきゅう', selectionStart: 5, selectionEnd: 5 });
        await page.waitForTimeout(300);
        expect(page.url()).toContain('#/inbox');
        await enterWhileComposing('請求');
        await row('11月分請求書').waitFor();
        expect(await search.inputValue()).toBe('請求');

        await page.getByRole('button', { name: '新規作成' }).first().click();
        await enterWhileComposing('田中');
        expect(await page.locator('.composer .chip').count()).toBe(0);
        await page.keyboard.press('Enter');
        await page.locator('.composer .chip').getByText('田中 太郎').waitFor();
        await page.locator('.composer').getByLabel('件名').click();
        await enterWhileComposing('件名');
        await page.locator('.composer textarea').click();
        await enterWhileComposing('本文です');
        expect(await page.locator('.composer textarea').inputValue()).toContain('本文です');
        expect(double.submissions.size).toBe(3);
        expect(await page.locator('.composer').count()).toBe(1);
    });

    it('works with keys: down, star, archive, undo, palette', async () => {
        await come();
        await page.keyboard.press('j');
        await page.keyboard.press('j');
        await page.keyboard.press('s');
        await eventually(() => double.emails.get('e3').keywords.$flagged).toBe(true);
        await page.keyboard.press('e');
        await eventually(() => inBox('archive').length).toBe(2);
        await eventually(() => row('Plan for the Kyoto office').count()).toBe(0);
        await page.keyboard.press('z');
        await eventually(() => inBox('archive').length).toBe(0);
        await row('Plan for the Kyoto office').waitFor();
        await page.keyboard.press('Control+k');
        await page.getByRole('combobox', { name: 'Commands' }).fill('go sent');
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { name: 'Sent' }).waitFor();
        await page.keyboard.press('g');
        await page.keyboard.press('i');
        await page.getByRole('heading', { name: 'Inbox' }).waitFor();
    });

    it('selects several and deletes them, and gets them back', async () => {
        await come();
        await page.keyboard.press('j');
        await page.keyboard.press('x');
        await page.keyboard.press('j');
        await page.keyboard.press('x');
        await page.getByText('2 selected', { exact: true }).waitFor();
        await page.locator('.list').getByRole('button', { name: 'Delete' }).click();
        await eventually(() => inBox('trash').length).toBe(3);
        await toast('Moved to Trash').getByRole('button', { name: 'Undo' }).click();
        await eventually(() => inBox('trash').length).toBe(0);
        await row('11月分請求書').waitFor();
    });

    it('moves a letter with the key v and by dragging', async () => {
        await come();
        await page.keyboard.press('j');
        await page.keyboard.press('v');
        await page.getByRole('combobox', { name: 'Move to' }).fill('請求');
        await page.keyboard.press('Enter');
        await eventually(() => double.emails.get('e4').mailboxIds).toEqual({ 'm-1': true });
        await row('Autumn sale').dragTo(page.getByRole('link', { name: 'Kyoto' }));
        await eventually(() => double.emails.get('e6').mailboxIds).toEqual({ 'm-3': true });
    });

    it('is told when the server refuses, and the row comes back', async () => {
        await come();
        double.intercept = (name, args) =>
            name === 'Email/set' && args.update ? ['Email/set', { notUpdated: Object.fromEntries(Object.keys(args.update).map((id) => [id, { type: 'forbidden' }])), newState: '1' }] : null;
        await page.keyboard.press('j');
        await page.keyboard.press('e');
        await toast('you may not do this here').waitFor();
        await row('11月分請求書').waitFor();
    });

    it('searches with operators and sees the words marked', async () => {
        await come();
        await page.keyboard.press('/');
        await page.keyboard.type('from:tanaka 請求書');
        await row('11月分請求書').waitFor();
        expect(await page.locator('mark').first().textContent()).toBe('請求書');
        expect(await page.getByRole('row').count()).toBe(1);
        await page.keyboard.press('Control+a');
        await page.keyboard.type('zzzz-nothing');
        await page.getByText('Nothing found for “zzzz-nothing”').waitFor();
    });

    it('sees new mail at once, in both tabs', async () => {
        await come();
        const other = await open('#/inbox');
        await other.getByRole('row').first().waitFor();
        await eventually(() => double.listeners.size).toBe(2);
        double.arrive({ box: 'inbox', from: { name: 'Eve', email: 'eve@example.com' }, to: [], subject: 'Fresh from the press', text: 'Hello' });
        await row('Fresh from the press').waitFor();
        const there = other.getByRole('row').filter({ hasText: 'Fresh from the press' });
        await there.waitFor();
        await row('Fresh from the press').click();
        await page.keyboard.press('e');
        await eventually(() => there.count()).toBe(0);
    });

    it('reads offline what was opened, writes, and sends once when back, with two tabs open', async () => {
        await come({ offline: true });
        await row('Plan for the Kyoto office').click();
        await page.getByText('Any news? The landlord').last().waitFor();
        await row('Autumn sale').click();
        await page.frameLocator('iframe').getByText('20 % off').waitFor();
        await eventually(() => page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state)).toBe('activated');
        await page.reload();
        await row('Autumn sale').waitFor();
        await page.frameLocator('iframe').getByText('20 % off').waitFor();
        double.away = true;
        for (const response of double.listeners) response.destroy();
        await page.reload();
        await row('Plan for the Kyoto office').click();
        await page.getByText('Any news? The landlord').last().waitFor();
        await page.getByText('Offline. You can read').waitFor();
        await row('Autumn sale').click();
        await page.frameLocator('iframe').getByText('20 % off').waitFor();

        await page.getByRole('button', { name: 'Write' }).first().click();
        await page.keyboard.type('ann@example.com,');
        await page.locator('.composer').getByLabel('Subject').fill('From the train');
        await page.keyboard.press('Control+Enter');
        await page.getByText('One letter waits to be sent').waitFor();
        await page.keyboard.press('s');
        const other = await open('#/inbox');
        await other.getByText('One letter waits to be sent').waitFor();
        double.away = false;
        for (const tab of [page, other]) await tab.evaluate(() => window.dispatchEvent(new Event('online')));
        await eventually(() => inBox('sent').filter((email) => email.subject === 'From the train').length).toBe(1);
        await eventually(() => page.getByText('One letter waits to be sent').count()).toBe(0);
        await eventually(() => other.getByText('One letter waits to be sent').count()).toBe(0);
        expect(inBox('sent').filter((email) => email.subject === 'From the train')).toHaveLength(1);
        expect(double.submissions.size).toBe(4);
    });

    it('leaks nothing before consent, and afterwards asks only the proxy', async () => {
        await come();
        const asked = [];
        context.on('request', (request) => asked.push(request.url()));
        await row('Autumn sale').click();
        await page.frameLocator('iframe').getByText('20 % off').waitFor();
        await page.getByText('2 remote images are not shown').waitFor();
        await page.waitForTimeout(300);
        expect(asked.filter((url) => !url.startsWith(double.url) || url.includes('/image?'))).toEqual([]);
        await page.getByRole('button', { name: 'Show images' }).click();
        await eventually(() => asked.filter((url) => url.includes('/image?')).length).toBe(2);
        expect(asked.filter((url) => !url.startsWith(double.url))).toEqual([]);
    });

    it('pastes formatting without anything that runs or loads', async () => {
        await come({ preferences: { richText: true } });
        await page.getByRole('button', { name: 'Write' }).first().click();
        const text = page.getByRole('textbox', { name: 'Text' });
        await text.click();
        await page.evaluate(() => {
            const data = new DataTransfer();
            data.setData('text/html', '<b onclick="x()">bold</b><img src="https://tracker.example.com/a.gif" onerror="x()"><script>x()</script><a href="javascript:x()">a</a><style>*{color:red}</style>');
            document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
        });
        await text.getByText('bold').waitFor();
        const html = await text.innerHTML();
        expect(html).toContain('<b>bold</b>');
        expect(html).not.toMatch(/img|script|style|onclick|javascript/);
    });

    it('goes to the end of a million letters', async () => {
        const total = 1_000_000;
        double.intercept = (name, args) => {
            if (name === 'Email/query') return [name, { queryState: '1', canCalculateChanges: false, position: args.position, total, ids: Array.from({ length: Math.min(args.limit, total - args.position) }, (_, i) => `z${args.position + i}`) }];
            if (name === 'Email/get' && args.ids?.[0]?.startsWith('z')) return [name, { state: '1', notFound: [], list: args.ids.map((id) => ({ ...double.emails.get('e5'), id, threadId: id, subject: `Letter ${id}` })) }];
            if (name === 'Thread/get') return [name, { state: '1', notFound: [], list: args.ids.map((id) => ({ id, emailIds: [id] })) }];
            return null;
        };
        await come();
        await row('Letter z0').first().waitFor();
        await page.locator('.scroll').first().evaluate((box) => (box.scrollTop = box.scrollHeight));
        await row('Letter z999999').waitFor();
        await page.locator('.scroll').first().evaluate((box) => (box.scrollTop = box.scrollHeight / 2));
        await row('Letter z5000').first().waitFor();
        expect(await page.getByRole('row').count()).toBeLessThan(40);
        await page.mouse.move(500, 400);
        await page.mouse.wheel(0, 152);
        await row('Letter z50').first().waitFor();
    });

    it('uses a phone: list, letter, back, write', async () => {
        await come({ language: 'ja', viewport: { width: 390, height: 844 }, hasTouch: true });
        await row('11月分請求書').tap();
        await page.getByText('いつもお世話になっております。').last().waitFor();
        expect(await page.locator('.list').isVisible()).toBe(false);
        await page.getByRole('button', { name: '戻る' }).tap();
        await row('11月分請求書').waitFor();
        await page.locator('.fab').tap();
        await page.locator('.composer').waitFor();
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    });

    it.each([
        ['the inbox', '#/inbox', 'light', async () => undefined],
        ['a letter in the dark', '#/inbox', 'dark', async () => row('11月分請求書').click()],
        ['a conversation', '#/inbox', 'light', async () => row('Plan for the Kyoto office').click()],
        ['writing', '#/inbox', 'light', async () => page.locator('.compose').click()],
        ['the palette', '#/inbox', 'dark', async () => page.keyboard.press('Control+k')],
        ['a journey', '#/sent', 'light', async () => row('打合せ日程').click()],
        ['settings', '#/settings/general', 'light', async () => undefined],
        ['devices', '#/settings/security', 'dark', async () => undefined],
    ])('meets no serious barrier in %s', async (_name, hash, colorScheme, act) => {
        await come({ language: 'ja', hash: hash.startsWith('#/settings') ? '#/inbox' : hash, colorScheme });
        if (hash.startsWith('#/settings')) await page.evaluate((to) => (location.hash = to), hash);
        await act();
        await page.waitForTimeout(500);
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        expect(serious.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.html} ${node.failureSummary}`).join(' | ')}`)).toEqual([]);
    });
});
