package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** TLS with a certificate that signed itself, made by the JDK's own tool. */
public final class SelfSignedTls {
  private static final String PASSWORD = "changeit";

  private final SSLContext context;
  private final SSLContext trusting;

  /** A new one, for this host: {@code ip:} or {@code dns:} and its address or name. */
  public SelfSignedTls(String host)
      throws IOException, GeneralSecurityException, InterruptedException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    Path directory = Files.createTempDirectory("untrusted");
    Path file = directory.resolve("keys.p12");
    create(file, host);
    try (InputStream stored = Files.newInputStream(file)) {
      keys.load(stored, PASSWORD.toCharArray());
    }
    Files.delete(file);
    Files.delete(directory);
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(certificateOnly(keys));
    trusting = SSLContext.getInstance("TLS");
    trusting.init(null, trust.getTrustManagers(), null);
  }

  private static KeyStore certificateOnly(KeyStore keys)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("own", keys.getCertificate(keys.aliases().nextElement()));
    return trusted;
  }

  /** What makes sockets of a server's. */
  public SSLSocketFactory server() {
    return context.getSocketFactory();
  }

  /** What makes sockets of clients that trust this certificate, and no other. */
  public SSLSocketFactory trusting() {
    return trusting.getSocketFactory();
  }

  ServerSocket listening(InetAddress address) throws IOException {
    return context.getServerSocketFactory().createServerSocket(0, 50, address);
  }

  private static void create(Path file, String host) throws IOException, InterruptedException {
    Process tool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD,
                "-storetype",
                "PKCS12",
                "-keyalg",
                "EC",
                "-dname",
                "CN=nobody",
                "-ext",
                "san=" + host)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(tool.waitFor()).isZero();
  }
}
