package org.telar.collector.integration.cim;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.validation.Schema;
import javax.xml.validation.ValidatorHandler;

import com.fasterxml.aalto.stax.InputFactoryImpl;
import org.codehaus.stax2.XMLInputFactory2;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.AttributesImpl;

/**
 * A hardened walk over one document: no DTD, no entity, bounded size, depth and tokens; namespaces brought to the form
 * we write; optionally each event of a subtree passes a schema validator on its way, so that the document is read once.
 * Not thread-safe.
 */
final class XmlCursor implements AutoCloseable {
    private static final XMLInputFactory FACTORY = factory();
    private static final int FIRST_TEXT = 256;

    private final BoundedInput input;
    private final XmlLimits limits;
    private final XMLStreamReader in;
    private final Namespaces namespaces = new Namespaces();
    private final AttributesImpl attributes = new AttributesImpl();
    private ValidatorHandler validator;
    private int validatedDepth;
    private int depth;
    private char[] text = new char[FIRST_TEXT];
    private int length;

    private static XMLInputFactory factory() {
        XMLInputFactory f = new InputFactoryImpl();
        f.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        f.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        f.setProperty(XMLInputFactory.IS_COALESCING, false);
        // Lazy parsing would throw faults of a text out of accessors that declare none.
        f.setProperty(XMLInputFactory2.P_LAZY_PARSING, false);
        f.setXMLResolver((publicId, systemId, base, namespace) -> {
            throw new XMLStreamException("external entities are not resolved: " + systemId);
        });
        return f;
    }

    XmlCursor(InputStream source, XmlLimits limits) throws CimException {
        this.input = new BoundedInput(source, limits);
        this.limits = limits;
        try {
            this.in = FACTORY.createXMLStreamReader(input);
        } catch (XMLStreamException e) {
            throw broken(e);
        }
    }

    /** Validates the element the cursor stands on and all below it. */
    void validate(Schema schema) throws CimException {
        validator = schema.newValidatorHandler();
        validator.setErrorHandler(new Refuse());
        validatedDepth = depth;
        try {
            validator.startDocument();
            forwardStart();
        } catch (SAXException e) {
            throw invalid(e);
        }
    }

    /** Moves to the first element of the document. */
    void root() throws CimException {
        while (next() != XMLStreamConstants.START_ELEMENT) {
            if (depth == 0 && !has()) {
                throw new CimException(CimException.SCHEMA, "no element in the document");
            }
        }
    }

    /** Reads on to the end of the document: what follows the payload must be well-formed too. */
    void finish() throws CimException {
        while (has()) {
            next();
        }
    }

    /** From inside an element: moves to its next child element, or to its end and says false. */
    boolean child() throws CimException {
        int level = depth;
        while (true) {
            int event = next();
            if (event == XMLStreamConstants.START_ELEMENT) {
                return true;
            }
            if (event == XMLStreamConstants.END_ELEMENT && depth < level) {
                return false;
            }
        }
    }

    /** Passes over the element the cursor stands on. */
    void skip() throws CimException {
        int level = depth;
        while (depth >= level) {
            next();
        }
    }

    /** Text of the leaf element the cursor stands on, stripped; read with {@link #text} and {@link #length}. */
    void leaf() throws CimException {
        leaf(limits.token());
    }

    /** The same for a leaf that may be longer than others; it is held in memory. */
    void leaf(int longest) throws CimException {
        String name = name();
        int level = depth;
        length = 0;
        while (true) {
            int event = next();
            if (event == XMLStreamConstants.CHARACTERS
                    || event == XMLStreamConstants.CDATA
                    || event == XMLStreamConstants.SPACE) {
                append(longest);
            } else if (event == XMLStreamConstants.END_ELEMENT && depth < level) {
                strip();
                return;
            } else if (event == XMLStreamConstants.START_ELEMENT) {
                throw new CimException(CimException.SCHEMA, "text expected in " + name + where());
            }
        }
    }

    String leafText() throws CimException {
        leaf();
        return new String(text, 0, length);
    }

    char[] text() {
        return text;
    }

    int length() {
        return length;
    }

    String name() {
        return in.getLocalName();
    }

    String namespace() {
        return namespaces.normal(in.getNamespaceURI());
    }

    Optional<String> attribute(String name) {
        String value = in.getAttributeValue(null, name);
        return Optional.ofNullable(value == null ? in.getAttributeValue("", name) : value);
    }

    /** Position for a person: {@code , line 3 column 14}. */
    String where() {
        return ", line " + in.getLocation().getLineNumber() + " column "
                + in.getLocation().getColumnNumber();
    }

    @Override
    public void close() {
        try {
            in.close();
            input.close();
        } catch (XMLStreamException | IOException e) {
            // only read from: nothing to lose
        }
    }

    private void append(int longest) throws CimException {
        int more = in.getTextLength();
        if (length + more > longest) {
            throw new CimException(CimException.SCHEMA, "text longer than " + longest + " characters" + where());
        }
        if (length + more > text.length) {
            text = Arrays.copyOf(text, Math.max(length + more, 2 * text.length));
        }
        System.arraycopy(in.getTextCharacters(), in.getTextStart(), text, length, more);
        length += more;
    }

    private void strip() {
        while (length > 0 && text[length - 1] <= ' ') {
            length--;
        }
        int first = 0;
        while (first < length && text[first] <= ' ') {
            first++;
        }
        if (first > 0) {
            System.arraycopy(text, first, text, 0, length - first);
            length -= first;
        }
    }

    private boolean has() throws CimException {
        try {
            return in.hasNext();
        } catch (XMLStreamException e) {
            throw broken(e);
        }
    }

    private int next() throws CimException {
        int event;
        try {
            if (!in.hasNext()) {
                throw new CimException(CimException.SCHEMA, "the document ends too early" + where());
            }
            event = in.next();
        } catch (XMLStreamException e) {
            throw broken(e);
        } catch (RuntimeException e) {
            throw new CimException(CimException.SCHEMA, "not well-formed" + where() + ": " + e.getMessage(), e);
        }
        input.moved();
        if (event == XMLStreamConstants.DTD || event == XMLStreamConstants.ENTITY_REFERENCE) {
            throw new CimException(CimException.SCHEMA, "a DTD or an entity is not accepted" + where());
        }
        if (event == XMLStreamConstants.START_ELEMENT && ++depth > limits.depth()) {
            throw new CimException(CimException.SCHEMA, "deeper than " + limits.depth() + " levels" + where());
        }
        if (event == XMLStreamConstants.END_ELEMENT) {
            depth--;
        }
        if (validator != null) {
            forward(event);
        }
        return event;
    }

    private void forward(int event) throws CimException {
        try {
            switch (event) {
                case XMLStreamConstants.START_ELEMENT -> forwardStart();
                case XMLStreamConstants.END_ELEMENT -> {
                    validator.endElement(namespace(), name(), name());
                    if (depth < validatedDepth) {
                        validator.endDocument();
                        validator = null;
                    }
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
                    validator.characters(in.getTextCharacters(), in.getTextStart(), in.getTextLength());
                default -> {
                    // comments and processing instructions mean nothing
                }
            }
        } catch (SAXException e) {
            throw invalid(e);
        }
    }

    private void forwardStart() throws SAXException {
        attributes.clear();
        for (int i = 0; i < in.getAttributeCount(); i++) {
            String uri = in.getAttributeNamespace(i) == null ? "" : in.getAttributeNamespace(i);
            if (!uri.equals(XMLConstants.W3C_XML_SCHEMA_INSTANCE_NS_URI)) {
                String local = in.getAttributeLocalName(i);
                attributes.addAttribute(uri, local, local, "CDATA", in.getAttributeValue(i));
            }
        }
        validator.startElement(namespace(), name(), name(), attributes);
    }

    private CimException invalid(SAXException e) {
        return new CimException(CimException.SCHEMA, "not valid" + where() + ": " + e.getMessage(), e);
    }

    /**
     * A fault of the file system is not a fault of the content: it is thrown as what it is, so that the file is tried
     * again instead of being refused.
     */
    private CimException broken(XMLStreamException e) {
        IOException failure = input.failure();
        boolean content = failure instanceof java.io.EOFException
                || failure instanceof java.util.zip.ZipException
                || failure instanceof java.io.CharConversionException;
        if (failure != null && !content) {
            throw new UncheckedIOException(failure);
        }
        String at = e.getLocation() == null
                ? ""
                : ", line " + e.getLocation().getLineNumber() + " column "
                        + e.getLocation().getColumnNumber();
        String what = input.tooLarge() ? "too large" : "not well-formed";
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return new CimException(CimException.SCHEMA, what + at + ": " + message, e);
    }

    private static final class Refuse implements ErrorHandler {
        @Override
        public void warning(SAXParseException e) {
            // a warning of the validator is no fault of the document
        }

        @Override
        public void error(SAXParseException e) throws SAXException {
            throw e;
        }

        @Override
        public void fatalError(SAXParseException e) throws SAXException {
            throw e;
        }
    }
}
