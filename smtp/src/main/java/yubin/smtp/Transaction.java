package yubin.smtp;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import yubin.mail.Envelope;
import yubin.mail.Recipient;
import yubin.mail.ReversePath;

/// One mail transaction, from MAIL to the end of the data. RFC 5321 §3.3.
final class Transaction {
    private final ReversePath from;
    private final MailParameters parameters;
    private final boolean dedupe;
    private final List<Recipient> recipients = new ArrayList<>();
    private final Set<String> keys = new HashSet<>();
    private int tenant = -1;
    private boolean refusedAny;

    /// The letter coming in by BDAT, null before the first chunk.
    SmtpSession.Arrival chunks;

    /// True after a BDAT failed or ended the letter: only RSET helps, RFC 3030 §2.
    boolean spoiled;

    /// @param dedupe a recipient named twice gets one letter; LMTP owes each RCPT its reply
    Transaction(ReversePath from, MailParameters parameters, boolean dedupe) {
        this.from = from;
        this.parameters = parameters;
        this.dedupe = dedupe;
    }

    void add(Recipient recipient) {
        boolean fresh = keys.add(recipient.address().key());
        if (fresh || !dedupe) recipients.add(recipient);
    }

    /// A RCPT was refused: DATA with no recipient is then no mistake of order.
    void refused() {
        refusedAny = true;
    }

    boolean wasRefusedAny() {
        return refusedAny;
    }

    /// The first local recipient's tenant keeps the octets.
    void tenant(int tenant) {
        if (this.tenant < 0) this.tenant = tenant;
    }

    int tenantOr(int otherwise) {
        return tenant < 0 ? otherwise : tenant;
    }

    ReversePath from() {
        return from;
    }

    MailParameters parameters() {
        return parameters;
    }

    List<Recipient> recipients() {
        return recipients;
    }

    boolean isBinary() {
        return parameters.body() == Envelope.Body.BINARY_MIME;
    }

    Envelope envelope() {
        Envelope.Body body = parameters.body();
        return new Envelope(
                from,
                recipients,
                body == null ? Envelope.Body.EIGHT_BIT_MIME : body,
                parameters.smtpUtf8(),
                parameters.ret(),
                parameters.envelopeId());
    }
}
