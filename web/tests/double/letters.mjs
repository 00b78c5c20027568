// What lies in the test double's mailboxes: Japanese and English, long names, quotes, HTML, many rows.

const day = 86_400_000;
const now = Date.parse('2026-11-25T09:30:00Z');

const people = {
    me: { name: '佐藤 花子', email: 'hanako@example.com' },
    tanaka: { name: '田中 太郎', email: 'tanaka@example.com' },
    ann: { name: 'Ann Lee', email: 'ann@example.com' },
    bob: { name: 'Bob Nakamura', email: 'bob@example.com' },
    long: { name: '独立行政法人 とても長い名前の研究開発推進機構 広報企画課 担当', email: 'public-relations-office@kenkyu.example.com' },
    shop: { name: 'Example Shop', email: 'news@shop.example.com' },
    bare: { name: null, email: 'no-reply@notifications.example.com' },
};

/** Letters, oldest first; `box` is a role, `t` a conversation. */
export const letters = [
    { t: 't1', at: now - 5 * day, from: people.ann, to: [people.me], box: 'inbox', seen: true, subject: 'Plan for the Kyoto office', text: 'Hello Hanako,\n\nhere is the first plan for the office in Kyoto. The drawing is at https://example.com/kyoto/plan.\n\nBest\nAnn' },
    { t: 't1', at: now - 4 * day, from: people.me, to: [people.ann], box: 'sent', seen: true, subject: 'Re: Plan for the Kyoto office', text: 'Thanks, I will look at it.\n\nOn Fri, 20 Nov 2026 at 10:00, Ann Lee <ann@example.com> wrote:\n> here is the first plan for the office in Kyoto.\n> Best\n> Ann', submission: { 'ann@example.com': { smtpReply: '250 2.0.0 OK', delivered: 'yes', displayed: 'unknown' } } },
    { t: 't1', at: now - 2 * 3600_000, from: people.ann, to: [people.me], cc: [people.bob], box: 'inbox', subject: 'Re: Plan for the Kyoto office', text: 'Any news? The landlord asks for an answer by Friday.\n\nAnn\n\nOn Sat, 21 Nov 2026 at 10:00, 佐藤 花子 <hanako@example.com> wrote:\n> Thanks, I will look at it.', attachments: [['kyoto-plan-final-really-final-version-7.pdf', 'application/pdf', 482_113], ['外観イメージ.png', 'image/png', 1_203_441]] },
    { t: 't2', at: now - 30 * 60_000, from: people.tanaka, to: [people.me], box: 'inbox', subject: '【ご確認】11月分請求書の送付について', text: '佐藤様\n\nいつもお世話になっております。\n例社の田中です。\n\n11月分の請求書を送付いたします。\nお手数ですが、ご確認のほどよろしくお願いいたします。\n\n--\n田中 太郎\n株式会社 例\n', attachments: [['請求書_2026年11月.pdf', 'application/pdf', 88_021]], flagged: true },
    { t: 't3', at: now - 26 * 3600_000, from: people.long, to: [people.me], box: 'inbox', subject: '第14回 日本におけるメール配送技術の標準化および相互運用性に関する国際シンポジウム開催のご案内とご参加のお願い', text: '関係各位\n\n平素より格別のご高配を賜り、厚く御礼申し上げます。\n'.repeat(8) },
    { t: 't4', at: now - 2 * day, from: people.shop, to: [people.me], box: 'inbox', seen: true, subject: 'Autumn sale: 20 % off all teapots', html: '<h1 style="color:#a33">Autumn sale</h1><p>All teapots are <b>20 % off</b>.</p><p><img src="http://tracker.example.com/pixel.gif" width="1" height="1"><img src="http://cdn.example.com/teapot.jpg" alt="A teapot"></p><table border="1" cellpadding="6"><tr><td>Kyusu</td><td>¥3,200</td></tr><tr><td>Tetsubin</td><td>¥12,800</td></tr></table><p><a href="https://shop.example.com/">To the shop</a></p>', list: '<https://shop.example.com/u>' },
    { t: 't5', at: now - 3 * day, from: people.bare, to: [people.me], box: 'inbox', seen: true, subject: '', text: 'Your certificate expires in 30 days.' },
    { t: 't6', at: now - 8 * day, from: people.me, to: [people.tanaka], box: 'sent', seen: true, subject: '打合せ日程のご相談', text: '田中様\n\nお世話になっております。\n来週の打合せの日程をご相談させてください。\n', submission: { 'tanaka@example.com': { smtpReply: '451 4.7.1 greylisted, try again later', delivered: 'queued', displayed: 'unknown' } } },
    { t: 't7', at: now - 9 * day, from: people.me, to: [{ name: null, email: 'nobody@nowhere.example' }], box: 'sent', seen: true, subject: 'Hello?', text: 'Are you there?', submission: { 'nobody@nowhere.example': { smtpReply: '550 5.1.1 no such mailbox', delivered: 'no', displayed: 'unknown' } } },
    { t: 't8', at: now - 1 * day, from: people.me, to: [people.bob], box: 'drafts', seen: true, draft: true, subject: 'Lunch', text: 'Hi Bob,\n\n' },
];

const given = ['Aiko', 'Ben', 'Chie', 'David', 'Emi', 'Felix', '健一', '美咲', '翔太', '陽子'];
const words = ['予算の件', 'Weekly report', '会議室の予約', 'Release notes', '出張申請', 'Question about the invoice', 'お見積りの件', 'Photos from Nara'];

/** `count` more letters, each a conversation of its own. */
export function more(count) {
    return Array.from({ length: count }, (_, i) => {
        const name = given[(i * 7) % given.length];
        return {
            t: `x${i}`, at: now - 10 * day - i * 37 * 60_000, from: { name: `${name} ${i}`, email: `p${i % 97}@example.com` }, to: [people.me], box: 'inbox', seen: i % 5 !== 0,
            subject: `${words[(i * 3) % words.length]} #${i}`, text: `${words[i % words.length]} ${i}\n`.repeat(1 + (i % 3)),
        };
    });
}

export const me = people.me;
