import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import javax.xml.XMLConstants;
import javax.xml.crypto.Data;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.OctetStreamData;
import javax.xml.crypto.dom.DOMStructure;
import javax.xml.crypto.dom.DOMURIReference;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.DigestMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.TransformService;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureException;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.keyinfo.KeyInfoFactory;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.ExcC14NParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * XML signatures by the JDK, for as long as standard input lasts.
 *
 * A line is one request, and one line answers it. Each is a word followed by arguments in base64 (the JDK reads no JSON); an answer begins
 * with "ok", or with "error" and the text of the exception.
 */
public final class Signatures {
    private static final XMLSignatureFactory FACTORY = XMLSignatureFactory.getInstance("DOM");
    private static final String SAML = "urn:oasis:names:tc:SAML:2.0:assertion";

    public static void main(String[] words) throws IOException {
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            String answer;
            try {
                List<byte[]> arguments = new ArrayList<>();
                String[] parts = line.split(" ");
                for (int index = 1; index < parts.length; index++) {
                    arguments.add(Base64.getDecoder().decode(parts[index].substring(1)));
                }
                answer = "ok" + joined(answer(parts[0], arguments));
            } catch (Exception fault) {
                answer = "error" + joined(List.of(String.valueOf(fault).getBytes(StandardCharsets.UTF_8)));
            }
            answers.println(answer);
        }
    }

    /** Each argument begins with a dot, so that an empty one is seen. */
    private static String joined(List<byte[]> values) {
        StringBuilder line = new StringBuilder();
        for (byte[] value : values) {
            line.append(" .").append(Base64.getEncoder().encodeToString(value));
        }
        return line.toString();
    }

    private static List<byte[]> answer(String request, List<byte[]> arguments) throws Exception {
        switch (request) {
            case "verify":
                return verify(parsed(arguments.get(0)), publicKey(text(arguments.get(1)), arguments.get(2)));
            case "canonicalise":
                return List.of(canonical(parsed(arguments.get(0)), text(arguments.get(1)), prefixes(text(arguments.get(2)))));
            case "sign":
                return List.of(sign(arguments));
            default:
                throw new IllegalArgumentException(request);
        }
    }

    /**
     * Answer for every Signature in document order: "valid" or not, the canonical octets of SignedInfo, the number of references, and of
     * each reference "valid" or not and the octets that are digested.
     */
    private static List<byte[]> verify(Document document, PublicKey key) throws Exception {
        List<byte[]> found = new ArrayList<>();
        NodeList signatures = document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature");
        for (int index = 0; index < signatures.getLength(); index++) {
            // No verifier here uses KeyInfo, and the JDK would refuse the whole for a certificate that it cannot read.
            Element element = (Element) signatures.item(index);
            // Whatever covers this Signature came before it.
            Node keyInfo = child(element, "KeyInfo");
            if (keyInfo != null) {
                element.removeChild(keyInfo);
            }
            DOMValidateContext context = new DOMValidateContext(key, element);
            context.setProperty("javax.xml.crypto.dsig.cacheReference", Boolean.TRUE);
            // Its policy refuses SHA-1 and small keys; here the question is what the octets are.
            context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.FALSE);
            XMLSignature signature = FACTORY.unmarshalXMLSignature(context);
            found.add(said(isByKey(signature, context)));
            found.add(octets(signature.getSignedInfo().getCanonicalizedData()));
            List<Reference> references = signature.getSignedInfo().getReferences();
            found.add(String.valueOf(references.size()).getBytes(StandardCharsets.US_ASCII));
            for (Reference reference : references) {
                found.add(said(reference.validate(context)));
                found.add(octets(reference.getDigestInputStream()));
            }
        }
        return found;
    }

    private static boolean isByKey(XMLSignature signature, DOMValidateContext context) throws XMLSignatureException {
        try {
            return signature.getSignatureValue().validate(context);
        } catch (XMLSignatureException fault) {
            if (fault.getCause() instanceof SignatureException || fault.getCause() instanceof InvalidKeyException) {
                return false; // a value of another length than that of the key, or a key of another kind
            }
            throw fault;
        }
    }

    private static Node child(Element parent, String name) {
        Node child = parent.getFirstChild();
        while (child != null && !(XMLSignature.XMLNS.equals(child.getNamespaceURI()) && name.equals(child.getLocalName()))) {
            child = child.getNextSibling();
        }
        return child;
    }

    /** Return the exclusive canonical form of the element with the ID *id*. */
    private static byte[] canonical(Document document, String id, List<String> prefixes) throws Exception {
        KeySelector nobody = KeySelector.singletonKeySelector(new SecretKeySpec(new byte[16], "unused"));
        DOMValidateContext context = new DOMValidateContext(nobody, document.getDocumentElement());
        DOMURIReference place = new DOMURIReference() {
            @Override public String getURI() {
                return "#" + id;
            }

            @Override public String getType() {
                return null;
            }

            @Override public Node getHere() {
                return document.getDocumentElement().getAttributeNodeNS(null, "ID");
            }
        };
        Data nodes = FACTORY.getURIDereferencer().dereference(place, context);
        // A transform takes its PrefixList from an element alone: it ignores that of a parameter until it is written into a document.
        Element written = document.createElementNS(XMLSignature.XMLNS, "Transform");
        if (!prefixes.isEmpty()) {
            Element list = document.createElementNS(CanonicalizationMethod.EXCLUSIVE, "InclusiveNamespaces");
            list.setAttributeNS(null, "PrefixList", String.join(" ", prefixes));
            written.appendChild(list);
        }
        TransformService method = TransformService.getInstance(CanonicalizationMethod.EXCLUSIVE, "DOM");
        method.init(new DOMStructure(written), context);
        return octets(((OctetStreamData) method.transform(nodes, context)).getOctetStream());
    }

    /**
     * Sign an element: document, ID, kind of key, PKCS#8, certificate (may be empty), SignatureMethod, prefix of the Signature, PrefixList
     * of the reference, PrefixList of SignedInfo. A PrefixList may be empty.
     */
    private static byte[] sign(List<byte[]> arguments) throws Exception {
        Document document = parsed(arguments.get(0));
        Element target = element(document, text(arguments.get(1)));
        PrivateKey key = KeyFactory.getInstance(text(arguments.get(2))).generatePrivate(new PKCS8EncodedKeySpec(arguments.get(3)));
        Reference reference = FACTORY.newReference(
            "#" + target.getAttribute("ID"),
            FACTORY.newDigestMethod(DigestMethod.SHA256, null),
            List.of(
                FACTORY.newTransform(Transform.ENVELOPED, (TransformParameterSpec) null),
                FACTORY.newTransform(CanonicalizationMethod.EXCLUSIVE, (TransformParameterSpec) inclusive(prefixes(text(arguments.get(7)))))),
            null,
            null);
        CanonicalizationMethod method = FACTORY.newCanonicalizationMethod(
            CanonicalizationMethod.EXCLUSIVE, (C14NMethodParameterSpec) inclusive(prefixes(text(arguments.get(8)))));
        DOMSignContext context = new DOMSignContext(key, target, behindIssuer(target));
        context.setDefaultNamespacePrefix(text(arguments.get(6)));
        FACTORY.newXMLSignature(
            FACTORY.newSignedInfo(method, FACTORY.newSignatureMethod(text(arguments.get(5)), null), List.of(reference)),
            keyInfo(arguments.get(4))).sign(context);
        return serialised(document);
    }

    private static KeyInfo keyInfo(byte[] certificate) throws GeneralSecurityException {
        if (certificate.length == 0) {
            return null;
        }
        KeyInfoFactory factory = FACTORY.getKeyInfoFactory();
        X509Certificate read =
            (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate));
        return factory.newKeyInfo(List.of(factory.newX509Data(List.of(read))));
    }

    private static Node behindIssuer(Element target) {
        Node issuer = target.getElementsByTagNameNS(SAML, "Issuer").item(0);
        return issuer.getNextSibling();
    }

    private static Element element(Document document, String id) {
        Element found = document.getElementById(id);
        if (found == null) {
            throw new IllegalArgumentException("no element has the ID");
        }
        return found;
    }

    private static ExcC14NParameterSpec inclusive(List<String> prefixes) {
        return prefixes.isEmpty() ? null : new ExcC14NParameterSpec(prefixes);
    }

    private static List<String> prefixes(String list) {
        return list.isBlank() ? List.of() : List.of(list.trim().split("\\s+"));
    }

    private static PublicKey publicKey(String kind, byte[] octets) throws GeneralSecurityException {
        return KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(octets));
    }

    private static Document parsed(byte[] octets) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        var builder = factory.newDocumentBuilder();
        builder.setErrorHandler(null); // it would write to the standard error
        Document document = builder.parse(new ByteArrayInputStream(octets));
        NodeList elements = document.getElementsByTagName("*");
        for (int index = 0; index < elements.getLength(); index++) {
            Element element = (Element) elements.item(index);
            if (element.hasAttributeNS(null, "ID")) {
                element.setIdAttributeNS(null, "ID", true);
            }
        }
        return document;
    }

    private static byte[] serialised(Document document) throws Exception {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        Transformer transformer = TransformerFactory.newInstance().newTransformer();
        transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        transformer.transform(new DOMSource(document), new StreamResult(octets));
        return octets.toByteArray();
    }

    private static byte[] octets(InputStream stream) throws IOException {
        return stream == null ? new byte[0] : stream.readAllBytes();
    }

    private static byte[] said(boolean valid) {
        return (valid ? "valid" : "invalid").getBytes(StandardCharsets.US_ASCII);
    }

    private static String text(byte[] octets) {
        return new String(octets, StandardCharsets.UTF_8);
    }
}
