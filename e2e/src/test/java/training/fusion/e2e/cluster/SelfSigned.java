package training.fusion.e2e.cluster;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A key and a certificate for servers on 127.0.0.1, its own authority. */
public record SelfSigned(KeyStore store) {
  private static final String ALIAS = "server";
  private static final String PASSWORD = "throw-away";

  /**
   * A new one, by the JDK's keytool.
   *
   * @param folder where its file is put
   */
  public static SelfSigned in(Path folder) throws IOException, GeneralSecurityException {
    Path file = folder.resolve("server.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    Process made =
        new ProcessBuilder(
                (keytool
                        + " -genkeypair -alias "
                        + ALIAS
                        + " -keyalg EC -storetype PKCS12 -validity 2"
                        + " -dname CN=server -ext san=ip:127.0.0.1 -storepass "
                        + PASSWORD
                        + " -keystore "
                        + file)
                    .split(" "))
            .inheritIO()
            .start();
    if (made.onExit().join().exitValue() != 0) {
      throw new IllegalStateException("keytool has made no certificate in " + file);
    }
    return new SelfSigned(KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray()));
  }

  /** The private key, as PEM. */
  public String key() throws GeneralSecurityException {
    return pem(
        "PRIVATE KEY", requireNonNull(store.getKey(ALIAS, PASSWORD.toCharArray())).getEncoded());
  }

  /** The certificate, as PEM. */
  public String certificate() throws GeneralSecurityException {
    return pem("CERTIFICATE", requireNonNull(store.getCertificate(ALIAS)).getEncoded());
  }

  /** For the server that has the key. */
  SSLContext server() throws GeneralSecurityException {
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), null, null);
    return tls;
  }

  /** For clients that trust that server and no other. */
  public SSLContext client() throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("authority", store.getCertificate(ALIAS));
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    return tls;
  }

  private static String pem(String kind, byte[] content) {
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
        .formatted(kind, Base64.getMimeEncoder().encodeToString(content), kind);
  }
}
