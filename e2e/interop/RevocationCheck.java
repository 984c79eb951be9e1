import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateRevokedException;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What Java's PKIX validation concludes of certificate chains, with the addresses that are printed in them.
 *
 * Arguments: root.pem, "crl" or "ocsp", then files that each hold a chain without its root, the leaf first. Prints a
 * line for each: good, revoked with the reason, or what else was wrong.
 */
public class RevocationCheck {
    public static void main(String[] args) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        X509Certificate root = read(factory, args[0]).get(0);
        for (int index = 2; index < args.length; index++) {
            System.out.println(check(factory.generateCertPath(read(factory, args[index])), root, args[1]));
        }
    }

    private static List<X509Certificate> read(CertificateFactory factory, String file) throws Exception {
        List<X509Certificate> certificates = new ArrayList<>();
        try (InputStream stream = Files.newInputStream(Path.of(file))) {
            for (var certificate : factory.generateCertificates(stream)) {
                certificates.add((X509Certificate) certificate);
            }
        }
        return certificates;
    }

    private static String check(CertPath path, X509Certificate root, String by) throws Exception {
        CertPathValidator validator = CertPathValidator.getInstance("PKIX");
        PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
        checker.setOptions(by.equals("crl")
            ? EnumSet.of(Option.PREFER_CRLS, Option.NO_FALLBACK)
            : EnumSet.of(Option.NO_FALLBACK));
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
        parameters.addCertPathChecker(checker);
        try {
            validator.validate(path, parameters);
            return "good";
        } catch (CertPathValidatorException refusal) {
            if (refusal.getCause() instanceof CertificateRevokedException revoked) {
                return "revoked " + revoked.getRevocationReason();
            }
            return refusal.getReason() + " " + refusal.getMessage();
        }
    }
}
