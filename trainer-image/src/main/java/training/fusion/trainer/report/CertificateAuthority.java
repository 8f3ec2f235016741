package training.fusion.trainer.report;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import training.fusion.api.run.RunEnvironment;
import training.fusion.trainer.TrainingFailure;

/** TLS with servers that a private authority has signed for. */
final class CertificateAuthority {
  private CertificateAuthority() {}

  /**
   * TLS that trusts these and nobody else.
   *
   * @param pem one certificate or more
   * @throws TrainingFailure if they are none
   */
  static SSLContext trusting(String pem) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      var text = new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(text)) {
        store.setCertificateEntry("authority-" + store.size(), certificate);
      }
      if (store.size() == 0) {
        throw new GeneralSecurityException("no certificate");
      }
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw TrainingFailure.badConfiguration(
          "%s has no certificates in PEM: %s; the operator sets it from fusion.progress.authority"
              .formatted(RunEnvironment.PROGRESS_AUTHORITY, e.getMessage()));
    }
  }
}
