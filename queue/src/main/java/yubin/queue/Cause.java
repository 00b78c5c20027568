package yubin.queue;

/// Why a letter does not arrive, in the words of people: what happened and what to do, in Japanese
/// and in English. `{address}`, `{domain}` and `{host}` stand for themselves.
public enum Cause {
    UNKNOWN_USER(
            "宛先「{address}」は相手のサーバーに存在しません。",
            "アドレスに打ち間違いがないか確かめて、正しい宛先に送り直してください。",
            "The address {address} does not exist at the receiving server.",
            "Check the address for typing mistakes and send the message again."),
    UNKNOWN_HOST(
            "宛先のドメイン「{domain}」は存在しません。",
            "「@」より後ろに打ち間違いがないか確かめてください。",
            "The domain {domain} does not exist.",
            "Check the part after the @ sign for typing mistakes."),
    NULL_MX(
            "宛先のドメイン「{domain}」は、メールを受け取らないと公表しています。",
            "相手の方に別のメールアドレスを尋ねてください。",
            "The domain {domain} states that it accepts no mail at all.",
            "Ask the recipient for another address."),
    FULL(
            "「{address}」のメールボックスがいっぱいです。",
            "相手の方に空きを作ってもらうか、しばらくしてから送り直してください。",
            "The mailbox of {address} is full.",
            "Ask the recipient to make room, or send the message again later."),
    TOO_LARGE(
            "メールが大きすぎて、相手のサーバーが受け取れません。",
            "添付ファイルを小さくするか、分けて送るか、ファイル共有を使ってください。",
            "The message is larger than the receiving server accepts.",
            "Make the attachments smaller, split them, or share the files by a link."),
    DISABLED(
            "「{address}」は現在メールを受け取れない状態になっています。",
            "ほかの方法で相手の方に連絡してください。",
            "The mailbox of {address} is disabled and takes no mail now.",
            "Reach the recipient in another way."),
    RELAYING_DENIED(
            "相手のサーバーは「{domain}」宛てのメールを取り次がないと答えました。",
            "宛先が正しければ、相手側の受信設定の誤りです。相手の管理者に知らせてください。",
            "The server {host} says that it does not take mail for {domain}.",
            "If the address is right, the setup at the receiving side is wrong:"
                    + " tell its administrator."),
    NOT_AUTHENTICATED(
            "中継サーバーへのログインができませんでした。",
            "こちらの管理者に、中継先のユーザー名とパスワードを確かめるよう頼んでください。",
            "The relay {host} did not accept our login.",
            "Ask the administrator here to check user name and password of the route."),
    BLOCKED(
            "相手のサーバーが、迷惑メール対策などの規則によって受け取りを拒みました。",
            "送り直しても同じ結果になります。この通知をこちらの管理者に見せてください。",
            "The receiving server refused the message by one of its rules, such as spam"
                    + " protection.",
            "Sending it again will not help. Show this notice to your administrator."),
    GREYLISTED(
            "相手のサーバーが、少し後でもう一度送るように求めています。",
            "自動的に送り直しますので、何もする必要はありません。",
            "The receiving server asks us to come again later.",
            "We try again by ourselves; you need not do anything."),
    DNS_SILENT(
            "宛先のドメイン「{domain}」のネームサーバーが応答しません。",
            "相手側の障害と思われます。急ぐ場合はほかの方法で連絡してください。",
            "The name servers of {domain} do not answer.",
            "This is most likely a fault at the receiving side. If it is urgent, reach the"
                    + " recipient in another way."),
    DNS_BOGUS(
            "宛先のドメイン「{domain}」の DNS 情報が、正しい署名で確かめられません。",
            "相手のドメインの管理者に知らせてください。",
            "The DNS records of {domain} contradict their signatures, so we do not trust them.",
            "Tell the administrator of that domain."),
    CONNECTION_REFUSED(
            "相手のサーバーが接続を受け付けません。",
            "相手側のメールサーバーが止まっていると思われます。急ぐ場合はほかの方法で連絡してください。",
            "The receiving server does not accept connections.",
            "Its mail service seems to be down. If it is urgent, reach the recipient in another"
                    + " way."),
    HOST_SILENT(
            "相手のサーバーが時間内に応答しません。",
            "相手側の障害か、途中の回線の障害と思われます。急ぐ場合はほかの方法で連絡してください。",
            "The receiving server does not answer in time.",
            "Its mail service or the network in between has a fault. If it is urgent, reach the"
                    + " recipient in another way."),
    CONNECTION_BROKEN(
            "相手のサーバーとの通信が途中で切れました。",
            "相手側か回線の障害と思われます。続くようなら、相手の管理者に知らせてください。",
            "The connection to the receiving server broke in the middle.",
            "If this goes on, tell the administrator of the receiving side."),
    TLS(
            "相手のサーバーと安全な（暗号化された）通信ができませんでした。",
            "この通知をこちらの管理者に見せてください。",
            "No secure (encrypted) connection to the receiving server was possible.",
            "Show this notice to your administrator."),
    LOOP(
            "メールが同じ所を回り続けていて、宛先に届きません。",
            "転送の設定か、ドメインの MX の設定が誤っています。管理者に知らせてください。",
            "The message goes round in circles and never reaches {address}.",
            "A forwarding rule or the MX records of {domain} are wrong: tell the administrator."),
    NO_HOST(
            "宛先のドメイン「{domain}」には、メールを受け取るサーバーがありません。",
            "宛先を確かめてください。正しければ、相手のドメインの管理者に知らせてください。",
            "The domain {domain} has no usable mail server.",
            "Check the address. If it is right, tell the administrator of that domain."),
    NO_SMTPUTF8(
            "日本語などを含むアドレスや件名に、相手のサーバーが対応していません。",
            "相手の方の英数字だけのアドレスがあれば、そちらに送ってください。",
            "The receiving server cannot carry addresses or header fields that are not ASCII.",
            "Use an address of plain letters and digits if the recipient has one."),
    CONTENT(
            "相手のサーバーが、メールの内容または形式を受け付けませんでした。",
            "添付ファイルの種類などを変えて送り直してください。",
            "The receiving server did not accept the content or the form of the message.",
            "Change the kind of attachment, for example, and send it again."),
    RETURNED(
            "こちらの管理者が、このメールの配達を取りやめました。",
            "理由は管理者に尋ねてください。",
            "The administrator here gave up the delivery of this message.",
            "Ask the administrator for the reason."),
    TEMPORARY(
            "相手のサーバーが、一時的に受け取れないと答えました。",
            "自動的に送り直しますので、何もする必要はありません。",
            "The receiving server cannot take the message just now.",
            "We try again by ourselves; you need not do anything."),
    REFUSED(
            "相手のサーバーが受け取りを拒みました。",
            "下に記した相手のサーバーの返答を、相手の方かこちらの管理者に見せてください。",
            "The receiving server refused the message.",
            "Show its reply, below, to the recipient or to your administrator.");

    private final String whatJapanese;
    private final String adviceJapanese;
    private final String whatEnglish;
    private final String adviceEnglish;

    Cause(String whatJapanese, String adviceJapanese, String whatEnglish, String adviceEnglish) {
        this.whatJapanese = whatJapanese;
        this.adviceJapanese = adviceJapanese;
        this.whatEnglish = whatEnglish;
        this.adviceEnglish = adviceEnglish;
    }

    public String whatJapanese() {
        return whatJapanese;
    }

    public String adviceJapanese() {
        return adviceJapanese;
    }

    public String whatEnglish() {
        return whatEnglish;
    }

    public String adviceEnglish() {
        return adviceEnglish;
    }
}
