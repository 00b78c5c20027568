package yubin.queue;

import yubin.mail.AccountId;

/// Who handed a letter in and how, as the journey tells it.
///
/// @param protocol by which window it came
/// @param login the account that logged in; null for a stranger
/// @param loginName the name that it logged in with; null for a stranger
/// @param client address of the peer without port, such as `192.0.2.1`; null when we wrote it
/// @param helo what the peer called itself; null when we wrote it
/// @param tls protocol and cipher in one line, such as `TLSv1.3 TLS_AES_128_GCM_SHA256`; null when
///     the connection was plain
public record Origin(
        Protocol protocol,
        AccountId login,
        String loginName,
        String client,
        String helo,
        String tls) {
    /// The windows through which a letter is handed in. `octet` is what is stored.
    public enum Protocol {
        SMTP(1),
        SUBMISSION(2),
        LMTP(3),
        JMAP(4),
        /// The post office itself: bounces, notices, the demo.
        OFFICE(5);

        private final int octet;

        Protocol(int octet) {
            this.octet = octet;
        }

        int octet() {
            return octet;
        }

        static Protocol of(int octet) {
            for (Protocol protocol : values()) if (protocol.octet == octet) return protocol;
            return OFFICE;
        }
    }

    /// A letter that the post office wrote.
    public static final Origin OFFICE = new Origin(Protocol.OFFICE, null, null, null, null, null);
}
