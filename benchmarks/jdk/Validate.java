import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * XML Signature of the JDK, with secure validation, for benchmarks/matrix/outside.py, which says the lines that it reads and writes.
 * Every signature of the response is verified by the registered certificate; nothing else is read.
 */
final class Validate {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final XMLSignatureFactory SIGNATURES = XMLSignatureFactory.getInstance("DOM");

    private final String token;
    private final PublicKey key;

    private Validate(Path folder) throws Exception {
        token = Files.readString(folder.resolve("token"));
        try (var in = Files.newInputStream(folder.resolve("certificate"))) {
            key = CertificateFactory.getInstance("X.509").generateCertificate(in).getPublicKey();
        }
        if (!valid(token)) {
            throw new IllegalArgumentException("refuses the genuine token");
        }
        for (int number = 0; Files.exists(folder.resolve("forged-" + number)); number++) {
            if (valid(Files.readString(folder.resolve("forged-" + number)))) {
                throw new IllegalArgumentException("accepts a forged token");
            }
        }
    }

    public static void main(String[] words) throws Exception {
        Map<String, Validate> known = new HashMap<>();
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] fields = line.split("\t");
            try {
                if (fields[0].equals("add")) {
                    known.put(fields[1], new Validate(Path.of(fields[3])));
                    System.out.println("ok");
                } else {
                    System.out.println(known.get(fields[1]).round(Long.parseLong(fields[2])));
                }
            } catch (Exception failure) {
                System.out.println("failed\t" + String.valueOf(failure.getMessage()).replaceAll("\\s+", " "));
            }
        }
    }

    /** Returns the microseconds of processor time of one call, of as many as fill the nanoseconds. */
    private double round(long nanoseconds) throws Exception {
        long started = THREADS.getCurrentThreadCpuTime();
        long spent;
        int calls = 0;
        do {
            if (!valid(token)) {
                throw new IllegalStateException("refuses the genuine token");
            }
            calls++;
            spent = THREADS.getCurrentThreadCpuTime() - started;
        } while (spent < nanoseconds);
        return spent / 1000.0 / calls;
    }

    private boolean valid(String posted) throws Exception {
        var factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        Document document = factory.newDocumentBuilder().parse(new ByteArrayInputStream(Base64.getDecoder().decode(posted)));
        NodeList found = document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature");
        List<Element> signatures = new ArrayList<>();
        for (int index = 0; index < found.getLength(); index++) {
            signatures.add((Element) found.item(index));
        }
        for (Element signature : signatures) {
            var context = new DOMValidateContext(KeySelector.singletonKeySelector(key), signature);
            context.setProperty("org.jcp.xml.dsig.secureValidation", true);
            context.setIdAttributeNS((Element) signature.getParentNode(), null, "ID");
            if (!SIGNATURES.unmarshalXMLSignature(context).validate(context)) {
                return false;
            }
        }
        return !signatures.isEmpty();
    }
}
