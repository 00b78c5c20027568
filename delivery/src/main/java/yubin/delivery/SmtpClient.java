package yubin.delivery;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import yubin.directory.Route;
import yubin.mail.Envelope;
import yubin.mail.Recipient;
import yubin.mail.Reply;
import yubin.mail.ReversePath;
import yubin.queue.Job;
import yubin.queue.Outcome;
import yubin.wire.ClientTls;
import yubin.wire.Wire;

/// One connection to another post office, SMTP client side. RFC 5321 §3.
///
/// Opened by [Dialler], which greets and turns on TLS; then any number of [#send], then [#quit].
/// Used by one thread.
final class SmtpClient implements AutoCloseable {
    /// Recipients in one transaction: the least that every server takes, RFC 5321 §4.5.3.1.8.
    static final int RECIPIENTS_MAX = 100;

    private final Wire wire;
    private final Host host;
    private final Timeouts timeouts;
    private final Transcript transcript;
    private Extensions extensions = Extensions.NONE;
    private boolean usable = true;

    SmtpClient(Wire wire, Host host, Timeouts timeouts, Transcript transcript) {
        this.wire = wire;
        this.host = host;
        this.timeouts = timeouts;
        this.transcript = transcript;
        wire.writeDeadline(timeouts.dataBlock());
    }

    Extensions extensions() {
        return extensions;
    }

    boolean isSecure() {
        return wire.tls() != null;
    }

    /// What the server showed, its own first; none without TLS.
    List<X509Certificate> certificates() {
        return isSecure() ? wire.tls().peerCertificates() : List.of();
    }

    Reply greeting() throws IOException {
        return read(timeouts.command());
    }

    /// EHLO, and HELO for servers that do not know it. RFC 5321 §4.1.1.1.
    Reply hello(String hostname) throws IOException {
        extensions = Extensions.NONE;
        Reply reply = command("EHLO " + hostname, timeouts.command());
        if (reply.code() == 250) {
            extensions = Extensions.parse(reply.lines());
        } else if (reply.isPermanent()) {
            reply = command("HELO " + hostname, timeouts.command());
        }
        return reply;
    }

    /// STARTTLS, RFC 3207 §4. The connection is closed when the handshake fails.
    Reply startTls(ClientTls tls) throws IOException {
        Reply reply = command("STARTTLS", timeouts.command());
        if (reply.code() != 220) return reply;
        secure(tls);
        return reply;
    }

    void secure(ClientTls tls) throws IOException {
        wire.startTls(tls);
        transcript.note(host, "(TLS: " + wire.tls().protocol() + " " + wire.tls().cipher() + ")");
    }

    /// AUTH PLAIN or LOGIN with the user of a route. RFC 4954 §4.
    Reply login(Route route) throws IOException {
        Base64.Encoder base64 = Base64.getEncoder();
        String user = base64.encodeToString(route.user().getBytes(StandardCharsets.UTF_8));
        String password = base64.encodeToString(route.password().getBytes(StandardCharsets.UTF_8));
        if (!extensions.hasAuth("PLAIN") && extensions.hasAuth("LOGIN")) {
            Reply reply = secret("AUTH LOGIN", "AUTH LOGIN");
            if (reply.code() == 334) reply = secret(user, "(user)");
            if (reply.code() == 334) reply = secret(password, "(password)");
            return reply;
        }
        byte[] plain =
                ("\0" + route.user() + "\0" + route.password()).getBytes(StandardCharsets.UTF_8);
        return secret("AUTH PLAIN " + base64.encodeToString(plain), "AUTH PLAIN ***");
    }

    private Reply secret(String line, String shown) throws IOException {
        transcript.sent(host, shown);
        wire.write(line + "\r\n");
        wire.flush();
        return read(timeouts.command());
    }

    /// What came of one transaction.
    ///
    /// @param outcomes one for each recipient, in order
    /// @param elsewhere another host may be tried for those that are not served: this one did not
    ///     say anything about the letter but what it cannot carry itself
    record Sent(List<Outcome> outcomes, boolean elsewhere) {}

    /// True while another letter can go over this connection.
    boolean isUsable() {
        return usable && wire.isOpen();
    }

    /// Sends one letter. Total: every trouble is an outcome.
    Sent send(Job job, Parcel parcel) {
        List<Recipient> recipients = job.envelope().recipients();
        List<Outcome> outcomes = new ArrayList<>(recipients.size());
        boolean elsewhere = false;
        for (int from = 0; from < recipients.size(); from += RECIPIENTS_MAX) {
            int to = Math.min(from + RECIPIENTS_MAX, recipients.size());
            Transaction transaction = new Transaction(job, parcel, recipients.subList(from, to));
            outcomes.addAll(transaction.run());
            elsewhere |= transaction.elsewhere;
        }
        return new Sent(outcomes, elsewhere);
    }

    /// MAIL, RCPT…, DATA, the message, its reply.
    private final class Transaction {
        private final Job job;
        private final Parcel parcel;
        private final List<Recipient> recipients;
        private final Outcome[] outcomes;
        private boolean dotSent; // from here on the letter may have arrived
        private boolean elsewhere;
        private long size; // octets of the message as it goes over this hop

        Transaction(Job job, Parcel parcel, List<Recipient> recipients) {
            this.job = job;
            this.parcel = parcel;
            this.recipients = recipients;
            this.outcomes = new Outcome[recipients.size()];
        }

        List<Outcome> run() {
            if (!isUsable()) {
                elsewhere = true;
                settle(later(421, "4.4.2", "the connection was closed"));
                return Arrays.asList(outcomes);
            }
            try {
                parcel.open();
                size =
                        isRewritten() && extensions.has("SIZE")
                                ? parcel.sevenBitSize()
                                : parcel.size();
            } catch (IOException e) {
                settle(later(451, "4.3.0", "our own store: " + e.getMessage()));
                return Arrays.asList(outcomes);
            }
            try {
                converse();
            } catch (IOException e) {
                usable = false;
                wire.abort();
                String text = sentence(e);
                transcript.note(host, "(" + text + ")");
                if (dotSent) {
                    String said = "no reply after the message was sent: " + text;
                    settle(new Outcome.Uncertain(host.name(), Reply.of(451, "4.4.2", said)));
                } else {
                    elsewhere = true;
                    settle(later(451, e instanceof Wire.TimedOut ? "4.4.1" : "4.4.2", text));
                }
            }
            return Arrays.asList(outcomes);
        }

        private void converse() throws IOException {
            boolean utf8 = needsSmtpUtf8();
            if (utf8 && !extensions.has("SMTPUTF8")) {
                elsewhere = true;
                String text = "the server does not know SMTPUTF8, which this message needs";
                settle(new Outcome.Never(host.name(), Reply.of(553, "5.6.7", text)));
                return;
            }
            if (size > extensions.sizeMax()) {
                // RFC 1870 §6.1 lets the server say so; it has said it already. Another host of the
                // domain may take more.
                elsewhere = true;
                String text =
                        "the message is larger than the "
                                + extensions.sizeMax()
                                + " octets that the server takes";
                settle(new Outcome.Never(host.name(), Reply.of(552, "5.3.4", text)));
                return;
            }
            boolean pipelining = extensions.has("PIPELINING");
            boolean chunking = isChunked();
            write(mail(chunking, utf8));
            if (!pipelining && !accepted(read(timeouts.command()))) return;
            for (int i = 0; i < recipients.size(); i++) {
                write(rcpt(recipients.get(i), utf8));
                if (!pipelining) answer(i, read(timeouts.command()));
            }
            if (pipelining) {
                if (!chunking) write("DATA");
                wire.flush();
                boolean good = accepted(read(timeouts.command()));
                for (int i = 0; i < recipients.size(); i++) {
                    Reply reply = read(timeouts.command());
                    if (good) answer(i, reply);
                }
                if (chunking) {
                    if (good && anybody()) chunk();
                    else reset();
                } else {
                    data(read(timeouts.dataStart()), good && anybody());
                }
            } else if (!anybody()) {
                reset();
            } else if (chunking) {
                chunk();
            } else {
                write("DATA");
                data(read(timeouts.dataStart()), true);
            }
        }

        /// SMTPUTF8 is asked for when an address needs it, or the header does and the sender said
        /// so. An 8-bit header that nobody declared goes as it came, as it always did.
        private boolean needsSmtpUtf8() {
            boolean header = job.utf8Header() && job.envelope().smtpUtf8();
            boolean addresses =
                    job.envelope().from() instanceof ReversePath.Mailbox(var from)
                            && from.needsSmtpUtf8();
            for (Recipient recipient : recipients) addresses |= recipient.address().needsSmtpUtf8();
            return header || addresses;
        }

        /// Binary bodies go as they are only where BINARYMIME is known, which needs BDAT.
        private boolean isChunked() {
            return job.binary() && extensions.has("CHUNKING") && extensions.has("BINARYMIME");
        }

        /// True when the hop takes the letter only with its parts encoded anew.
        private boolean isRewritten() {
            if (job.binary()) return !isChunked();
            return job.eightBit() && !extensions.has("8BITMIME");
        }

        private String mail(boolean chunking, boolean utf8) {
            Envelope envelope = job.envelope();
            StringBuilder out =
                    new StringBuilder("MAIL FROM:<").append(envelope.from()).append('>');
            if (extensions.has("SIZE")) out.append(" SIZE=").append(size);
            if (chunking) {
                out.append(" BODY=BINARYMIME");
            } else if (job.eightBit() && !isRewritten()) {
                out.append(" BODY=8BITMIME");
            }
            if (utf8) out.append(" SMTPUTF8");
            if (extensions.has("DSN")) Parameters.mail(out, envelope);
            return out.toString();
        }

        private String rcpt(Recipient recipient, boolean utf8) {
            StringBuilder out =
                    new StringBuilder("RCPT TO:<").append(recipient.address()).append('>');
            if (extensions.has("DSN")) Parameters.rcpt(out, recipient, utf8);
            return out.toString();
        }

        /// The reply to MAIL. False when it was refused: all outcomes are settled then.
        private boolean accepted(Reply reply) {
            if (reply.isPositive()) return true;
            if (reply.isTransient() || isTooLarge(reply)) elsewhere = true;
            settle(outcome(reply));
            return false;
        }

        /// The host speaks of its own bounds, not of the letter or its recipients. RFC 1870 §6.1.
        private boolean isTooLarge(Reply reply) {
            if (reply.code() != 552) return false;
            return reply.status() == null || reply.status().toString().equals("5.3.4");
        }

        /// The reply to one RCPT. 552 there means too many of them: RFC 5321 §4.5.3.1.10.
        private void answer(int index, Reply reply) {
            if (reply.isPositive()) {
                outcomes[index] = ACCEPTED;
            } else if (reply.code() == 552) {
                outcomes[index] = new Outcome.Later(host.name(), reply, false);
            } else {
                outcomes[index] = outcome(reply);
            }
        }

        private boolean anybody() {
            for (Outcome outcome : outcomes) if (outcome == ACCEPTED) return true;
            return false;
        }

        /// From the reply to DATA to the end.
        ///
        /// @param wanted false when no recipient was taken: a pipelined DATA that was answered 354
        ///     all the same is ended with an empty message, RFC 2920 §3.1
        private void data(Reply reply, boolean wanted) throws IOException {
            if (reply.code() != 354) {
                if (wanted) {
                    settleAccepted(reply.isPositive() ? strange(reply) : outcome(reply));
                }
                return;
            }
            if (!wanted) {
                wire.write(".\r\n");
                wire.flush();
                read(timeouts.dataEnd());
                return;
            }
            DotWriter out = new DotWriter(wire);
            if (isRewritten()) parcel.copySevenBitTo(out);
            else parcel.copyTo(out);
            out.finish();
            wire.flush();
            dotSent = true;
            transcript.sent(host, "(" + size + " octets) .");
            wire.write(".\r\n");
            wire.flush();
            finish(read(timeouts.dataEnd()));
        }

        /// BDAT for messages that only BINARYMIME carries. RFC 3030 §2.
        private void chunk() throws IOException {
            transcript.sent(host, "BDAT " + parcel.size() + " LAST");
            dotSent = true; // one chunk is the whole message: its last octet is the final dot
            wire.write("BDAT " + parcel.size() + " LAST\r\n");
            parcel.copyTo(
                    new java.io.OutputStream() {
                        @Override
                        public void write(int octet) throws IOException {
                            wire.write(new byte[] {(byte) octet});
                        }

                        @Override
                        public void write(byte[] octets, int offset, int length)
                                throws IOException {
                            wire.write(octets, offset, length);
                        }
                    });
            wire.flush();
            finish(read(timeouts.dataEnd()));
        }

        private void finish(Reply reply) {
            if (reply.code() >= 300 && reply.code() < 400) {
                settleAccepted(strange(reply));
            } else {
                // Without a status code it may be a box that is full (RFC 5321 §4.2.2).
                if (reply.status() != null && isTooLarge(reply)) elsewhere = true;
                settleAccepted(outcome(reply));
            }
        }

        private Outcome outcome(Reply reply) {
            if (reply.isPositive()) {
                return new Outcome.Delivered(host.name(), reply, extensions.has("DSN"));
            }
            if (reply.code() == 421) {
                usable = false; // the server closes: RFC 5321 §3.8
                elsewhere = true;
            }
            return reply.isPermanent()
                    ? new Outcome.Never(host.name(), reply)
                    : new Outcome.Later(host.name(), reply, false);
        }

        private Outcome strange(Reply reply) {
            usable = false;
            return later(451, "4.5.0", "the server answered out of order: " + reply);
        }

        private Outcome later(int code, String status, String text) {
            return new Outcome.Later(host.name(), Reply.of(code, status, text), false);
        }

        private void settle(Outcome outcome) {
            for (int i = 0; i < outcomes.length; i++) {
                if (outcomes[i] == null || outcomes[i] == ACCEPTED) outcomes[i] = outcome;
            }
        }

        private void settleAccepted(Outcome outcome) {
            for (int i = 0; i < outcomes.length; i++) {
                if (outcomes[i] == ACCEPTED) outcomes[i] = outcome;
            }
        }

        private void reset() throws IOException {
            if (!isUsable()) return;
            if (!command("RSET", timeouts.command()).isPositive()) usable = false;
        }
    }

    /// Stands for a recipient that was accepted until the message is through.
    private static final Outcome ACCEPTED =
            new Outcome.Later(null, Reply.of(451, "4.3.0", "accepted"), false);

    /// Says goodbye, without waiting long for the answer: all letters are settled.
    void quit() {
        if (!wire.isOpen()) return;
        try {
            command("QUIT", timeouts.quit());
        } catch (IOException e) {
            transcript.note(host, "(" + sentence(e) + ")");
        }
        close();
    }

    /// Ends a connection that never came to a letter.
    void quitQuickly(boolean politely) {
        if (politely && wire.isOpen()) {
            try {
                write("QUIT");
                wire.flush();
            } catch (IOException e) {
                transcript.note(host, "(" + sentence(e) + ")");
            }
        }
        close();
    }

    @Override
    public void close() {
        usable = false;
        wire.close();
    }

    /// Ends the conversation from another thread.
    void abort() {
        wire.abort();
    }

    private Reply command(String line, Duration deadline) throws IOException {
        write(line);
        return read(deadline);
    }

    private void write(String line) throws IOException {
        transcript.sent(host, line);
        wire.write(line + "\r\n");
    }

    private Reply read(Duration deadline) throws IOException {
        wire.flush();
        Reply reply = Replies.read(wire, deadline);
        transcript.received(host, reply);
        return reply;
    }

    /// Why a conversation ended, for a person.
    static String sentence(IOException e) {
        return switch (e) {
            case Wire.TimedOut timedOut -> "the server did not answer in time";
            case Wire.Closed closed -> "the server closed the connection";
            default -> String.valueOf(e.getMessage());
        };
    }
}
