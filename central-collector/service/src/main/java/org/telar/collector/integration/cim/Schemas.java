package org.telar.collector.integration.cim;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.dom.DOMSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;

import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Our own schemas, compiled once. {@link #strict} is what we emit. {@link #tolerant} is derived from the same file for
 * what we accept: elements in any order and number, as real senders mix them; names, types and attributes still hold,
 * and the reader itself insists on what it needs. Thread-safe.
 */
public final class Schemas {
    private static final String XS = XMLConstants.W3C_XML_SCHEMA_NS_URI;
    private static final Map<String, Schema> COMPILED = new ConcurrentHashMap<>();

    private Schemas() {}

    /** @param name file name without extension: Message, or the payload's noun */
    public static Schema strict(String name) {
        return COMPILED.computeIfAbsent(name, n -> compile(load(n)));
    }

    /** @param name the payload's noun */
    public static Schema tolerant(String name) {
        return COMPILED.computeIfAbsent("~" + name, n -> {
            Document schema = load(name);
            loosen(schema.getDocumentElement());
            return compile(schema);
        });
    }

    private static void loosen(Element element) {
        NodeList children = element.getChildNodes();
        for (int i = 0; i < children.getLength(); i++) {
            if (children.item(i) instanceof Element child) {
                loosen(child);
            }
        }
        boolean wildcard =
                element.getElementsByTagNameNS(XS, "any").getLength() > 0 && directChild(element, "element") == 0;
        if (XS.equals(element.getNamespaceURI()) && element.getLocalName().equals("sequence") && !wildcard) {
            for (Node n = element.getFirstChild(); n != null; n = n.getNextSibling()) {
                if (n instanceof Element child) {
                    child.removeAttribute("minOccurs");
                    child.removeAttribute("maxOccurs");
                }
            }
            element.setAttribute("minOccurs", "0");
            element.setAttribute("maxOccurs", "unbounded");
            element.getOwnerDocument().renameNode(element, XS, "xs:choice");
        }
    }

    private static int directChild(Element parent, String name) {
        int n = 0;
        for (Node c = parent.getFirstChild(); c != null; c = c.getNextSibling()) {
            n += c instanceof Element e && e.getLocalName().equals(name) ? 1 : 0;
        }
        return n;
    }

    private static Document load(String name) {
        try (InputStream in = Schemas.class.getResourceAsStream("/xsd/" + name + ".xsd")) {
            if (in == null) {
                throw new IllegalArgumentException("no schema " + name);
            }
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setNamespaceAware(true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            return factory.newDocumentBuilder().parse(in);
        } catch (IOException | SAXException | ParserConfigurationException e) {
            throw new IllegalStateException("schema " + name + " is broken", e);
        }
    }

    private static Schema compile(Document schema) {
        try {
            SchemaFactory factory = SchemaFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            factory.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
            return factory.newSchema(new DOMSource(schema));
        } catch (SAXException e) {
            throw new IllegalStateException("schema is broken: " + e.getMessage(), e);
        }
    }
}
