package yubin.mime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DowngradeTest {
    @Test
    void sevenBitMessagesAreNotTouched() {
        byte[] octets =
                Samples.crlf(
                        """
                        Content-Type: multipart/signed; boundary=b

                        --b

                        text
                        --b
                        Content-Type: application/pgp-signature

                        AAAA
                        --b--
                        """);
        assertArrayEquals(octets, Downgrade.toSevenBit(octets));
    }

    @Test
    void eightBitLeavesAreEncodedAndReadTheSame() {
        byte[] octets =
                Samples.crlf(
                        """
                        Subject: a
                        MIME-Version: 1.0
                        Content-Type: multipart/mixed; boundary=b
                        Content-Transfer-Encoding: 8bit

                        préamble
                        --b
                        Content-Type: text/plain; charset=utf-8
                        Content-Transfer-Encoding: 8bit

                        a café by the sea
                        --b
                        Content-Type: text/plain; charset=utf-8

                        会議会議会議
                        --b
                        Content-Type: text/plain

                        plain
                        --b
                        Content-Type: message/rfc822
                        Content-Transfer-Encoding: 8bit

                        Subject: inner
                        Content-Type: text/plain; charset=utf-8
                        Content-Transfer-Encoding: 8bit

                        é
                        --b--
                        """);
        Message before = Message.parse(octets);
        byte[] done = Downgrade.toSevenBit(octets);
        Message after = Message.parse(done);
        assertFalse(after.isEightBit());
        assertEquals(before.parts().size(), after.parts().size());
        assertEquals("7bit", after.root().encoding());
        assertEquals("quoted-printable", after.section(1).encoding());
        assertEquals("base64", after.section(2).encoding());
        assertEquals("7bit", after.section(4).encoding());
        for (int i = 1; i <= 3; i++) {
            assertEquals(
                    before.section(i).text(octets), after.section(i).text(done).stripTrailing());
        }
        assertEquals("é", after.section(4, 1).text(done).stripTrailing());
    }

    @Test
    void textWithoutAnyMimeGetsItsLabels() {
        byte[] done = Downgrade.toSevenBit(Samples.crlf("Subject: a\n\na café by the sea\n"));
        assertEquals(
                """
                Subject: a
                MIME-Version: 1.0
                Content-Type: text/plain; charset=utf-8
                Content-Transfer-Encoding: quoted-printable

                a caf=C3=A9 by the sea
                """,
                new String(done, StandardCharsets.US_ASCII).replace("\r\n", "\n"));
    }

    @Test
    void aLargeBinaryLeafStreamsThrough() throws Exception {
        byte[] body = new byte[3 << 20];
        new Random(1).nextBytes(body);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(
                Samples.crlf(
                        """
                        Content-Type: multipart/mixed; boundary="=_a boundary that no noise holds"

                        --=_a boundary that no noise holds
                        Content-Type: application/octet-stream
                        Content-Transfer-Encoding: binary

                        """));
        whole.writeBytes(body);
        whole.writeBytes(Samples.crlf("\n--=_a boundary that no noise holds--\n"));
        byte[] octets = whole.toByteArray();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Downgrade.toSevenBit(Message.parse(octets), new ByteArrayInputStream(octets), out);
        byte[] done = out.toByteArray();
        Message after = Message.parse(done);
        assertFalse(after.isEightBit() || after.isBinary());
        assertArrayEquals(body, after.section(1).decoded(done));
    }
}
