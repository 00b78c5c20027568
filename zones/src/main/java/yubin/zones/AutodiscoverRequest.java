package yubin.zones;

import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// What Outlook asks `autodiscover.xml` for, in "plain old XML" (MS-OXDSCLI).
///
/// ```
/// <Autodiscover xmlns="…/outlook/requestschema/2006">
///   <Request>
///     <EMailAddress>ann@example.com</EMailAddress>
///     <AcceptableResponseSchema>…/outlook/responseschema/2006a</AcceptableResponseSchema>
///   </Request>
/// </Autodiscover>
/// ```
///
/// @param emailAddress as it was written
/// @param responseSchema the namespace that the answer shall have
public record AutodiscoverRequest(String emailAddress, String responseSchema) {
    /// Of a body; real ones have 400.
    public static final int BODY_OCTETS_MAX = 16 << 10;

    private static final int TEXT_CHARS_MAX = 1024;

    /// Reads a body, in UTF-8 as Outlook writes it. Total; empty when it is no such request, is
    /// too long or has a DTD, in which entities could be declared.
    public static Optional<AutodiscoverRequest> parse(byte[] body) {
        if (body.length > BODY_OCTETS_MAX) return Optional.empty();
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setXMLResolver(
                (_, systemId, _, _) -> {
                    throw new XMLStreamException("entity " + systemId);
                });
        try {
            // Decoded here: about octets that are no UTF-8 the JDK's reader writes to stderr.
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
            return read(factory.createXMLStreamReader(new StringReader(text)));
        } catch (CharacterCodingException | XMLStreamException | RuntimeException e) {
            // The JDK's reader throws the latter as well where XML is broken.
            return Optional.empty();
        }
    }

    private static Optional<AutodiscoverRequest> read(XMLStreamReader reader)
            throws XMLStreamException {
        String address = null;
        String schema = null;
        StringBuilder text = new StringBuilder();
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> text.setLength(0);
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
                    text.append(reader.getText());
                    if (text.length() > TEXT_CHARS_MAX) return Optional.empty();
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    String value = text.toString().strip();
                    if (reader.getLocalName().equals("EMailAddress")) address = value;
                    if (reader.getLocalName().equals("AcceptableResponseSchema")) schema = value;
                    text.setLength(0);
                }
                case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE -> {
                    return Optional.empty();
                }
                default -> {} // comments, processing instructions, the end
            }
        }
        if (address == null || schema == null) return Optional.empty();
        return Optional.of(new AutodiscoverRequest(address, schema));
    }
}
