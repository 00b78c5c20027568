package yubin.dns;

import java.util.List;

/// A query as a server reads it, with what its answer must look like. RFC 1035 §4.1.1, RFC 6891.
///
/// @param edns null when the client did not send any
/// @param octetsMax what fits the client
record ServerQuery(int id, int flags, Question question, Edns edns, int octetsMax) {
    private static final int UDP_OCTETS_PLAIN = 512;

    boolean dnssecOk() {
        return edns != null && edns.dnssecOk();
    }

    /// Reads a query. Null when it is none that could be answered: then `out` holds the error to
    /// send back, or nothing at all.
    static ServerQuery read(byte[] query, int length, MessageWriter out, boolean udp) {
        if (length < Message.HEADER_OCTETS) return nothing(out);
        int id = Rdata.u16(query, 0);
        int flags = Rdata.u16(query, 2);
        // Answering an answer would make a loop.
        if ((flags & Message.QR) != 0) return nothing(out);
        if ((flags & Message.OPCODE) != 0) return error(out, id, flags, Rcode.NOTIMP);
        if (!(Message.read(query, length) instanceof Message message)) {
            return error(out, id, flags, Rcode.FORMERR);
        }
        Edns edns = message.edns();
        int octetsMax = MessageWriter.OCTETS_MAX;
        if (udp) {
            octetsMax =
                    edns == null
                            ? UDP_OCTETS_PLAIN
                            : Math.clamp(edns.udpOctetsMax(), UDP_OCTETS_PLAIN, Edns.UDP_OCTETS);
        }
        if (message.question() == null || !message.answer().isEmpty()) {
            return error(out, id, flags, Rcode.FORMERR);
        }
        ServerQuery asked = new ServerQuery(id, flags, message.question(), edns, octetsMax);
        if (edns != null && edns.version() > 0) {
            asked.refuse(out, Rcode.BADVERS);
            return null;
        }
        int type = message.question().type();
        int rrclass = message.question().rrclass();
        if (rrclass == Question.CH) {
            asked.chaos(out);
            return null;
        }
        if (rrclass != Question.IN && rrclass != Question.ANY
                || type == Type.AXFR
                || type == Type.IXFR) {
            asked.refuse(out, Rcode.REFUSED);
            return null;
        }
        if (type == Type.OPT || type == Type.TSIG || type == 0) {
            asked.refuse(out, Rcode.FORMERR);
            return null;
        }
        return asked;
    }

    private static ServerQuery nothing(MessageWriter out) {
        out.clear();
        return null;
    }

    /// An error with nothing but a header.
    private static ServerQuery error(MessageWriter out, int id, int flags, int rcode) {
        int kept = flags & (Message.OPCODE | Message.RD | Message.CD);
        out.begin(id, Message.QR | kept | rcode, UDP_OCTETS_PLAIN);
        return null;
    }

    /// Answers with this code and no records; returns the octets.
    int refuse(MessageWriter out, int rcode) {
        out.begin(id, Message.QR | flags & (Message.RD | Message.CD) | rcode & 15, octetsMax);
        out.question(question);
        if (edns != null) {
            out.opt(new Edns(Edns.UDP_OCTETS, rcode >> 4, 0, edns.dnssecOk(), List.of()));
        }
        return out.length();
    }

    /// `version.bind` and the like: something to prove that we live, and no more. RFC 4892
    private void chaos(MessageWriter out) {
        String name = question.name().host();
        boolean version = name.equals("version.bind") || name.equals("version.server");
        if (!version || question.type() != Type.TXT && question.type() != Type.ANY) {
            refuse(out, Rcode.REFUSED);
            return;
        }
        out.begin(id, Message.QR | Message.AA | flags & Message.RD, octetsMax);
        out.question(question);
        byte[] text = Name.label("\u0005yubin");
        out.raw(1, question.name(), Type.TXT, Question.CH, 0, text);
        if (edns != null) out.opt(new Edns(edns.dnssecOk()));
    }

    int optOctets() {
        return edns == null ? 0 : 11;
    }

    /// Adds what EDNS wants and returns the octets of the whole.
    int finish(MessageWriter out) {
        if (edns != null) out.opt(new Edns(edns.dnssecOk()));
        return out.length();
    }
}
