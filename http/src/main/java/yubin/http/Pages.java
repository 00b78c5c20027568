package yubin.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;

/// The few pages that the server writes itself.
final class Pages {
    private static final byte[] GREETING =
            """
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>Yubin</title></head>
            <body>
            <h1>Yubin</h1>
            <p>This post office is open. The web client was not built into it; mail programs
            find their door by themselves (JMAP, IMAP, POP3, SMTP).</p>
            <p lang="ja">この郵便局は開いています。ウェブクライアントは組み込まれていません。
            メールソフトからはそのままお使いいただけます（JMAP、IMAP、POP3、SMTP）。</p>
            </body>
            </html>
            """
                    .getBytes(StandardCharsets.UTF_8);

    private Pages() {}

    /// Where no client was built in: the greeting at the root, nothing elsewhere.
    static void greet(ServerResponse response, String path) throws Problem {
        if (!path.equals("/")) throw Problem.of(Status.NOT_FOUND_404);
        response.header(HeaderNames.CONTENT_TYPE, "text/html; charset=utf-8");
        response.header(HeaderNames.CACHE_CONTROL, "no-cache");
        response.send(GREETING);
    }
}
