package yubin.queue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import yubin.mail.AccountId;
import yubin.mail.Address;
import yubin.mail.Domain;
import yubin.mail.EnhancedStatus;
import yubin.mail.Envelope;
import yubin.mail.QueueId;
import yubin.mail.Recipient;
import yubin.mail.Reply;
import yubin.mail.ReversePath;
import yubin.store.Blob;
import yubin.store.Octets;

/// Writes and reads entries of the shelf.
///
/// ```
/// octet   version of the record (1)
/// varint  version of the entry
/// 8       accepted, milliseconds
/// varint  not before, milliseconds, 0 for none
/// text    why held, null for not
/// text    reverse-path: local part and domain, null and null for <>
/// octet   1 SMTPUTF8 | 2 eight bit | 4 binary | 8 UTF-8 header
/// octet   BODY  octet RET (0 none, 1 FULL, 2 HDRS)  text ENVID
/// origin  octet protocol, varint login + 1 (0 none), texts login name, client, helo, tls
/// blob    varints tenant, number, size, 32 octets SHA-256
/// text    Message-ID
/// varint  recipients, each:
///   texts   local part, domain, ORCPT
///   octet   1 NEVER | 2 SUCCESS | 4 FAILURE | 8 DELAY
///   octet   state
///   octet   1 told | 2 delay told
///   varints attempts, next, last
///   text    host
///   varint  reply code, 0 for none; then texts status, first line
/// ```
///
/// An unknown version or anything that does not fit is [Octets.Malformed]: the entry is parked.
final class EntryCodec {
    private static final int VERSION = 1;

    /// Characters of a reply that are kept.
    private static final int REPLY_CHARS_MAX = 1000;

    private EntryCodec() {}

    static byte[] encode(Entry entry) {
        Octets.Writer out = new Octets.Writer(256 + 96 * entry.addressees().size());
        out.octet(VERSION).varint(entry.version()).fixedLong(entry.acceptedMillis());
        out.varint(entry.notBeforeMillis()).text(entry.heldWhy());
        address(out, entry.from() instanceof ReversePath.Mailbox(var address) ? address : null);
        Entry.Content content = entry.content();
        out.octet(
                (entry.smtpUtf8() ? 1 : 0)
                        | (content.eightBit() ? 2 : 0)
                        | (content.binary() ? 4 : 0)
                        | (content.utf8Header() ? 8 : 0));
        out.octet(octet(entry.body()));
        out.octet(entry.ret() == null ? 0 : entry.ret() == Envelope.Ret.FULL ? 1 : 2);
        out.text(entry.envelopeId());
        origin(out, entry.origin());
        Blob blob = entry.blob();
        out.varint(blob.tenant()).varint(blob.number()).varint(blob.size());
        out.raw(blob.sha256(), 0, 32);
        out.text(content.messageId());
        out.varint(entry.addressees().size());
        for (Addressee addressee : entry.addressees()) addressee(out, addressee);
        return out.done();
    }

    /// @throws Octets.Malformed when it is no entry of a known version
    static Entry decode(QueueId id, byte[] value) {
        try {
            return read(id, new Octets.Reader(value).version(VERSION));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new Octets.Malformed("entry: " + e.getMessage());
        }
    }

    private static Entry read(QueueId id, Octets.Reader in) {
        int version = (int) in.varint();
        long accepted = in.fixedLong();
        long notBefore = in.varint();
        String heldWhy = in.text();
        Address from = address(in);
        int flags = in.octet();
        Envelope.Body body = body(in.octet());
        int ret = in.octet();
        String envelopeId = in.text();
        Origin origin = origin(in);
        int tenant = (int) in.varint();
        long number = in.varint();
        long size = in.varint();
        byte[] sha256 = new byte[32];
        for (int i = 0; i < 32; i++) sha256[i] = (byte) in.octet();
        String messageId = in.text();
        long count = in.varint();
        if (count < 1 || count > 1_000_000) throw new Octets.Malformed(count + " recipients");
        List<Addressee> addressees = new ArrayList<>();
        for (long i = 0; i < count; i++) addressees.add(addressee(in));
        return new Entry(
                id,
                version,
                accepted,
                notBefore,
                heldWhy,
                from == null ? ReversePath.NULL : ReversePath.of(from),
                body,
                (flags & 1) != 0,
                ret == 0 ? null : ret == 1 ? Envelope.Ret.FULL : Envelope.Ret.HDRS,
                envelopeId,
                origin,
                new Blob(tenant, number, size, sha256),
                new Entry.Content((flags & 2) != 0, (flags & 4) != 0, (flags & 8) != 0, messageId),
                addressees);
    }

    static void origin(Octets.Writer out, Origin origin) {
        out.octet(origin.protocol().octet());
        out.varint(origin.login() == null ? 0 : origin.login().value() + 1);
        out.text(origin.loginName()).text(origin.client()).text(origin.helo()).text(origin.tls());
    }

    static Origin origin(Octets.Reader in) {
        Origin.Protocol protocol = Origin.Protocol.of(in.octet());
        long login = in.varint();
        return new Origin(
                protocol,
                login == 0 ? null : new AccountId(login - 1),
                in.text(),
                in.text(),
                in.text(),
                in.text());
    }

    private static void addressee(Octets.Writer out, Addressee addressee) {
        Recipient recipient = addressee.recipient();
        address(out, recipient.address());
        out.text(recipient.originalRecipient());
        int notices = 0;
        for (Recipient.Notify notify : recipient.notices()) notices |= bit(notify);
        out.octet(notices).octet(addressee.state().octet());
        out.octet((addressee.told() ? 1 : 0) | (addressee.delayTold() ? 2 : 0));
        out.varint(addressee.attempts());
        out.varint(addressee.nextMillis()).varint(addressee.lastMillis());
        out.text(addressee.host());
        Reply reply = addressee.reply();
        if (reply == null) {
            out.varint(0);
            return;
        }
        out.varint(reply.code());
        out.text(reply.status() == null ? null : reply.status().toString());
        String text = String.join(" ", reply.lines());
        out.text(text.length() > REPLY_CHARS_MAX ? text.substring(0, REPLY_CHARS_MAX) : text);
    }

    private static Addressee addressee(Octets.Reader in) {
        Address address = address(in);
        if (address == null) throw new Octets.Malformed("recipient without address");
        String originalRecipient = in.text();
        int bits = in.octet();
        Set<Recipient.Notify> notices = EnumSet.noneOf(Recipient.Notify.class);
        for (Recipient.Notify notify : Recipient.Notify.values()) {
            if ((bits & bit(notify)) != 0) notices.add(notify);
        }
        Addressee.State state = Addressee.State.of(in.octet());
        int told = in.octet();
        int attempts = (int) in.varint();
        long next = in.varint();
        long last = in.varint();
        String host = in.text();
        int code = (int) in.varint();
        Reply reply = null;
        if (code != 0) {
            String status = in.text();
            String text = in.text();
            reply =
                    new Reply(
                            code,
                            status == null ? null : EnhancedStatus.of(status),
                            List.of(text == null ? "" : text));
        }
        return new Addressee(
                new Recipient(address, notices, originalRecipient),
                state,
                attempts,
                next,
                last,
                host,
                reply,
                (told & 1) != 0,
                (told & 2) != 0);
    }

    private static int octet(Envelope.Body body) {
        return switch (body) {
            case SEVEN_BIT -> 0;
            case EIGHT_BIT_MIME -> 1;
            case BINARY_MIME -> 2;
        };
    }

    private static Envelope.Body body(int octet) {
        for (Envelope.Body body : Envelope.Body.values()) if (octet(body) == octet) return body;
        throw new Octets.Malformed("body " + octet);
    }

    private static int bit(Recipient.Notify notify) {
        return switch (notify) {
            case NEVER -> 1;
            case SUCCESS -> 2;
            case FAILURE -> 4;
            case DELAY -> 8;
        };
    }

    private static void address(Octets.Writer out, Address address) {
        out.text(address == null ? null : address.local());
        out.text(address == null ? null : address.domain().ascii());
    }

    private static Address address(Octets.Reader in) {
        String local = in.text();
        String domain = in.text();
        return local == null || domain == null ? null : new Address(local, new Domain(domain));
    }
}
