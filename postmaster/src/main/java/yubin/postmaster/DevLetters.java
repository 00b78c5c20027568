package yubin.postmaster;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.List;
import yubin.mime.Addresses;
import yubin.mime.MessageBuilder;
import yubin.mime.MessageBuilder.Content;

/// The letters of `yubin dev`: what people meet in a day, and what is hard to show.
final class DevLetters {
    /// @param flags as in IMAP, `\Seen`
    record Letter(String mailbox, String flags, OffsetDateTime at, byte[] octets) {}

    private static final String[] WORDS = {
        "予算の件",
        "Weekly report",
        "会議室の予約",
        "Release notes",
        "出張申請",
        "A question about the invoice",
        "お見積りの件",
        "Photos from Nara"
    };
    private static final String[] NAMES = {
        "Aiko", "Ben", "Chie", "David", "Emi", "健一", "美咲", "翔太", "陽子"
    };
    private static final String SALE =
            """
            <html><body style="font-family:sans-serif"><h1 style="color:#a33">Autumn sale</h1>
            <p>All teapots are <b>20 % off</b> until Sunday.</p>
            <img src="http://images.example.net/teapot.jpg" alt="A teapot" width="400">
            <img src="http://tracker.example.net/open.gif" width="1" height="1" alt="">
            <table cellpadding="8" border="1"><tr><td>Kyusu</td><td>&yen;3,200</td></tr>
            <tr><td>Tetsubin</td><td>&yen;12,800</td></tr></table>
            <p><a href="https://shop.example.net/">To the shop</a></p></body></html>
            """;

    private DevLetters() {}

    static List<Letter> japanese(OffsetDateTime now) {
        String me = "佐藤 花子 <hanako@example.com>";
        String tanaka = "田中 太郎 <tanaka@example.net>";
        return List.of(
                letter("INBOX", "", now.minusMinutes(30))
                        .people(tanaka, me)
                        .says(
                                "【ご確認】11月分請求書の送付について",
                                Content.mixed(
                                        Content.text(
                                                """
                                                佐藤様

                                                いつもお世話になっております。
                                                例社の田中です。

                                                11月分の請求書を送付いたします。
                                                お手数ですが、ご確認のほどよろしくお願いいたします。

                                                --
                                                田中 太郎
                                                株式会社 例
                                                """),
                                        Content.attachment(
                                                "text/csv",
                                                "請求書_2026年11月.csv",
                                                "品名,金額\r\n急須,3200\r\n"
                                                        .getBytes(StandardCharsets.UTF_8)))),
                letter("INBOX", "\\Seen \\Flagged", now.minusDays(1))
                        .people("独立行政法人 とても長い名前の研究開発推進機構 広報企画課 <kouhou@example.net>", me)
                        .says(
                                "第14回 日本におけるメール配送技術の標準化および相互運用性に関する国際シンポジウム開催のご案内とご参加のお願い",
                                Content.text("関係各位\n\n平素より格別のご高配を賜り、厚く御礼申し上げます。\n".repeat(12))),
                letter("Sent", "\\Seen", now.minusDays(2))
                        .named("trip1")
                        .people(me, tanaka)
                        .says("打合せ日程のご相談", Content.text("田中様\n\n来週の打合せの日程をご相談させてください。\n\n佐藤\n")),
                letter("INBOX", "", now.minusHours(3))
                        .named("trip2")
                        .answers("trip1")
                        .people(tanaka, me)
                        .says(
                                "Re: 打合せ日程のご相談",
                                Content.text(
                                        """
                                        佐藤様

                                        火曜日の午後はいかがでしょうか。

                                        2026年11月23日(月) 10:00 佐藤 花子 <hanako@example.com>:
                                        > 田中様
                                        >
                                        > 来週の打合せの日程をご相談させてください。
                                        """)),
                sale(now.minusDays(3), me),
                letter("Drafts", "\\Seen \\Draft", now.minusHours(20))
                        .people(me, tanaka)
                        .says("書きかけの手紙", Content.text("田中様\n\n")),
                letter("INBOX", "\\Seen", now.minusDays(4))
                        .people("no-reply@notifications.example.net", me)
                        .says("", Content.text("証明書の期限が30日以内に切れます。\n")));
    }

    static List<Letter> english(OffsetDateTime now) {
        String me = "Ann Lee <ann@example.com>";
        String bob = "Bob Nakamura <bob@example.net>";
        return List.of(
                letter("INBOX", "\\Seen", now.minusDays(5))
                        .named("plan1")
                        .people(bob, me)
                        .says(
                                "Plan for the Kyoto office",
                                Content.text(
                                        "Hello Ann,\n\nhere is the first plan: https://example.net/plan.\n\nBob\n")),
                letter("Sent", "\\Seen", now.minusDays(4))
                        .named("plan2")
                        .answers("plan1")
                        .people(me, bob)
                        .says(
                                "Re: Plan for the Kyoto office",
                                Content.text(
                                        """
                                        Thanks, I will look at it.

                                        On Fri, 20 Nov 2026 at 10:00, Bob Nakamura <bob@example.net> wrote:
                                        > here is the first plan: https://example.net/plan.
                                        """)),
                letter("INBOX", "", now.minusHours(2))
                        .named("plan3")
                        .answers("plan2")
                        .people(bob, me)
                        .says(
                                "Re: Plan for the Kyoto office",
                                Content.text(
                                        "Any news? The landlord asks for an answer by Friday.\n\nBob\n")),
                sale(now.minusDays(3), me));
    }

    private static Letter sale(OffsetDateTime at, String to) {
        return letter("INBOX", "\\Seen", at)
                .people("Example Shop <news@shop.example.net>", to)
                .unsubscribe("https://shop.example.net/unsubscribe?u=1")
                .says(
                        "Autumn sale: 20 % off all teapots",
                        Content.alternative(
                                Content.text("Autumn sale: all teapots are 20 % off.\n"),
                                Content.html(SALE)));
    }

    /// The `i`-th of many, the older the greater `i`.
    static Letter plain(DevOffice.Person to, int i, OffsetDateTime now) {
        String name = NAMES[i * 7 % NAMES.length];
        String word = WORDS[i * 3 % WORDS.length];
        return letter("INBOX", i % 5 == 0 ? "" : "\\Seen", now.minusDays(6).minusMinutes(37L * i))
                .people(name + " <p" + i % 97 + "@example.net>", to.address())
                .says(word + " #" + i, Content.text((word + " " + i + "\n").repeat(1 + i % 3)));
    }

    private static Sheet letter(String mailbox, String flags, OffsetDateTime at) {
        return new Sheet(mailbox, flags, at);
    }

    /// A letter while it is being written.
    private static final class Sheet {
        private final String mailbox;
        private final String flags;
        private final OffsetDateTime at;
        private final MessageBuilder builder = new MessageBuilder();
        private String name;

        private Sheet(String mailbox, String flags, OffsetDateTime at) {
            this.mailbox = mailbox;
            this.flags = flags;
            this.at = at;
            builder.date(at);
        }

        private Sheet people(String from, String to) {
            builder.addresses("From", Addresses.parse(from)).addresses("To", Addresses.parse(to));
            return this;
        }

        private Sheet named(String name) {
            this.name = name;
            return this;
        }

        private Sheet answers(String other) {
            String id = "<" + other + "@dev.example.com>";
            builder.structured("In-Reply-To", id).structured("References", id);
            return this;
        }

        private Sheet unsubscribe(String url) {
            builder.structured("List-Unsubscribe", "<" + url + ">")
                    .structured("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
            return this;
        }

        private Letter says(String subject, Content content) {
            if (name != null) builder.messageId(name + "@dev.example.com");
            byte[] octets = builder.subject(subject).content(content).build();
            return new Letter(mailbox, flags, at, octets);
        }
    }
}
