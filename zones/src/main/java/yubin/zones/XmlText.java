package yubin.zones;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// One XML document in memory, an element on each line; all text in it is escaped.
final class XmlText {
    private final ByteArrayOutputStream octets = new ByteArrayOutputStream(1024);
    private final XMLStreamWriter writer;

    private XmlText() throws XMLStreamException {
        writer =
                XMLOutputFactory.newDefaultFactory()
                        .createXMLStreamWriter(octets, StandardCharsets.UTF_8.name());
        writer.writeStartDocument("UTF-8", "1.0");
    }

    interface Content {
        void write(XmlText out) throws XMLStreamException;
    }

    static byte[] of(Content content) {
        try {
            XmlText text = new XmlText();
            content.write(text);
            text.line();
            text.writer.writeEndDocument();
            text.writer.close();
            return text.octets.toByteArray();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e); // memory takes everything
        }
    }

    /// @param attributes names and values in turn
    void open(String name, String... attributes) throws XMLStreamException {
        line();
        writer.writeStartElement(name);
        for (int at = 0; at < attributes.length; at += 2) {
            writer.writeAttribute(attributes[at], attributes[at + 1]);
        }
    }

    void leaf(String name, String text) throws XMLStreamException {
        line();
        writer.writeStartElement(name);
        writer.writeCharacters(text);
        writer.writeEndElement();
    }

    void close() throws XMLStreamException {
        line();
        writer.writeEndElement();
    }

    private void line() throws XMLStreamException {
        writer.writeCharacters("\n");
    }
}
