// Screenshots of every view against the test double, for people to look at.
//   node tests/browser/look.mjs FOLDER [part of a name]
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { Double } from '../double/server.mjs';
import { launch } from './browser.mjs';

const out = resolve(process.argv[2] ?? 'screenshots');
const only = process.argv[3] ?? '';
mkdirSync(out, { recursive: true });
const double = new Double(resolve(process.env.YUBIN_WEB_OUT ?? 'dist'));
const url = await double.listen();
const browser = await launch();

async function view(name, { language = 'ja', width = 1440, height = 900, dark = false, signedIn = true, hash = '#/inbox', preferences = {} }, act = async () => undefined) {
    if (only && !name.includes(only)) return;
    const context = await browser.newContext({ viewport: { width, height }, locale: language === 'ja' ? 'ja-JP' : 'en-GB', timezoneId: 'Asia/Tokyo', colorScheme: dark ? 'dark' : 'light', serviceWorkers: 'block', hasTouch: width < 800 });
    double.signedIn = signedIn;
    const page = await context.newPage();
    page.on('pageerror', (error) => console.log(`${name}: ${error.message}`));
    page.on('console', (message) => /error|warning/.test(message.type()) && !message.text().includes('Service Worker') && console.log(`${name}: ${message.text()}`));
    await page.addInitScript((chosen) => localStorage.getItem('yubin.preferences') ?? localStorage.setItem('yubin.preferences', JSON.stringify(chosen)), preferences);
    await page.goto(url + '/' + hash);
    if (signedIn) await page.waitForSelector('.bar');
    await page.waitForTimeout(500);
    await act(page);
    await page.waitForTimeout(400);
    await page.screenshot({ path: `${out}/${name}.png` });
    await context.close();
    console.log(name);
}

const phone = { width: 390, height: 844 };
await view('login-ja', { signedIn: false });
await view('login-en-wrong', { signedIn: false, language: 'en' }, async (page) => {
    await page.fill('input[type=email]', 'hanako@example.com');
    await page.fill('input[type=password]', 'wrong');
    await page.click('button.main');
});
await view('inbox-ja', {});
await view('letter-en', { language: 'en' }, async (page) => page.click('text=Any news?'));
await view('letter-ja', {}, async (page) => page.click('text=11月分請求書'));
await view('letter-dark', { dark: true }, async (page) => page.click('text=11月分請求書'));
await view('html-en', { language: 'en' }, async (page) => page.click('text=Autumn sale'));
await view('html-dark', { dark: true }, async (page) => page.click('text=Autumn sale'));
await view('long-ja', {}, async (page) => page.click('text=第14回'));
await view('selected-en', { language: 'en' }, async (page) => {
    for (const at of [0, 1, 2]) await page.locator('.pick').nth(at).click();
});
await view('compact-en', { language: 'en', preferences: { density: 'compact' } });
await view('composer-ja', {}, async (page) => {
    await page.click('.compose');
    await page.keyboard.type('tana');
});
await view('reply-en', { language: 'en' }, async (page) => {
    await page.click('text=Any news?');
    await page.click('.answer button:nth-child(2)');
});
await view('forgotten-ja', {}, async (page) => {
    await page.click('.compose');
    await page.keyboard.type('ann@example.com');
    await page.fill('.composer textarea', '資料を添付いたします。');
    await page.keyboard.press('Control+Enter');
});
await view('search-ja', { hash: `#/search/${encodeURIComponent('請求書')}` });
await view('search-offers-en', { language: 'en' }, async (page) => page.click('input[role=combobox]'));
await view('empty-ja', { hash: '#/archive' });
await view('palette-ja', {}, async (page) => page.keyboard.press('Control+k'));
await view('keys-en', { language: 'en' }, async (page) => page.keyboard.press('?'));
await view('move-ja', {}, async (page) => {
    await page.keyboard.press('j');
    await page.keyboard.press('v');
});
await view('sent-journey-ja', { hash: '#/sent' }, async (page) => page.click('text=打合せ日程'));
await view('sent-bounced-en', { language: 'en', hash: '#/sent' }, async (page) => page.click('text=Hello?'));
await view('undo-ja', {}, async (page) => {
    await page.keyboard.press('j');
    await page.keyboard.press('e');
});
double.emails.forEach((email) => email.mailboxIds['m-archive'] && (email.mailboxIds = { 'm-inbox': true }));
for (const section of ['general', 'identities', 'templates', 'security']) await view(`settings-${section}-ja`, { hash: `#/settings/${section}` });
await view('settings-security-en', { language: 'en', hash: '#/settings/security' });
await view('phone-inbox-ja', phone);
await view('phone-drawer-en', { ...phone, language: 'en' }, async (page) => page.click('.burger button'));
await view('phone-letter-ja', phone, async (page) => page.click('text=11月分請求書'));
await view('phone-letter-dark-en', { ...phone, dark: true, language: 'en' }, async (page) => page.click('text=Any news?'));
await view('phone-composer-ja', phone, async (page) => page.click('.fab'));
await view('tablet-en', { width: 900, height: 1100, language: 'en' }, async (page) => page.click('text=Any news?'));
await view('wide-ja', { width: 2200, height: 1200 }, async (page) => page.click('text=Any news?'));
await view('offline-ja', {}, async (page) => page.evaluate(() => window.dispatchEvent(new Event('offline'))));
await browser.close();
await double.close();
