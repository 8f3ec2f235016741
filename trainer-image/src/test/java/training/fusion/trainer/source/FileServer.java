package training.fusion.trainer.source;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.eclipse.jetty.http.DateGenerator;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.HandlerWrapper;
import org.eclipse.jetty.server.handler.ResourceHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/** Jetty with a throw-away certificate, serving a folder with ranges and ETags. */
public final class FileServer implements AutoCloseable {
  public static final String PASSWORD = "throw-away";

  private static byte @Nullable [] madeOnce;

  private final Server server = new Server();
  private final ServerConnector connector;
  private final Path certificate;

  /** What each request asked for: its Range, or "whole". */
  final List<String> requests = new CopyOnWriteArrayList<>();

  /** The header Authorization of each request, or "none". */
  final List<String> authorizations = new CopyOnWriteArrayList<>();

  /** Where requests for a path are sent on to. */
  final Map<String, String> redirects = new ConcurrentHashMap<>();

  /** So many requests are answered with 503. */
  final AtomicInteger unavailable = new AtomicInteger();

  private @Nullable SSLContext trustedBefore;

  /** Whether Range is overlooked. */
  volatile boolean ignoresRanges;

  /** Starts one on a free port of this machine. */
  public FileServer(Path folder, Path certificates) throws Exception {
    certificate = certificates.resolve("server.p12");
    if (!Files.exists(certificate)) {
      makeCertificate(certificate);
    }
    var tls = new SslContextFactory.Server();
    tls.setKeyStorePath(certificate.toString());
    tls.setKeyStorePassword(PASSWORD);
    var configuration = new HttpConfiguration();
    configuration.addCustomizer(new SecureRequestCustomizer(false));
    connector =
        new ServerConnector(
            server,
            new SslConnectionFactory(tls, "http/1.1"),
            new HttpConnectionFactory(configuration));
    connector.setHost("localhost");
    server.addConnector(connector);
    var files = new ResourceHandler();
    files.setResourceBase(folder.toString());
    files.setEtags(true);
    files.setAcceptRanges(true);
    var faults = new Faults(folder);
    faults.setHandler(files);
    server.setHandler(faults);
    server.start();
  }

  private final class Faults extends HandlerWrapper {
    private final Path folder;

    Faults(Path folder) {
      this.folder = folder;
    }

    @Override
    public void handle(
        String target, Request jetty, HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException {
      String range = request.getHeader("Range");
      requests.add(range == null ? "whole" : range);
      authorizations.add(Objects.requireNonNullElse(request.getHeader("Authorization"), "none"));
      String to = redirects.get(target);
      if (to != null) {
        response.setStatus(HttpServletResponse.SC_FOUND);
        response.setHeader("Location", to);
        jetty.setHandled(true);
        return;
      }
      if (unavailable.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        jetty.setHandled(true);
        return;
      }
      // Jetty does not look at If-Range itself
      String ifRange = request.getHeader("If-Range");
      boolean changed =
          ifRange != null
              && !ifRange.equals(
                  DateGenerator.formatDate(
                      folder.resolve(target.substring(1)).toFile().lastModified()));
      if (ignoresRanges || changed) {
        jetty.setHttpFields(HttpFields.build(jetty.getHttpFields()).remove("Range"));
      }
      super.handle(target, jetty, request, response);
    }
  }

  public int port() {
    return connector.getLocalPort();
  }

  /** The server's certificate as a trust store. */
  public Path trustStore() {
    return certificate;
  }

  /**
   * Makes this process trust it, as the property javax.net.ssl.trustStore would at its start; when
   * it is closed, the process trusts what it did before.
   */
  void trustInThisProcess() throws Exception {
    trustedBefore = SSLContext.getDefault();
    KeyStore store = KeyStore.getInstance(certificate.toFile(), PASSWORD.toCharArray());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", store.getCertificate("server"));
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    var context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    SSLContext.setDefault(context);
  }

  /**
   * A key and its certificate for localhost and files.example, as alias "server" of a PKCS12 file.
   * They are made once for all tests of a process: keytool takes its time.
   */
  public static void makeCertificate(Path file) throws Exception {
    synchronized (FileServer.class) {
      if (madeOnce == null) {
        runKeytool(file);
        madeOnce = Files.readAllBytes(file);
      }
      Files.write(file, madeOnce);
    }
  }

  private static void runKeytool(Path file) throws Exception {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD,
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1,dns:files.example",
                "-validity",
                "2")
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IOException(said);
    }
  }

  /** Takes that back. */
  void distrustInThisProcess() {
    if (trustedBefore != null) {
      SSLContext.setDefault(trustedBefore);
    }
  }

  @Override
  public void close() throws Exception {
    distrustInThisProcess();
    server.stop();
  }
}
