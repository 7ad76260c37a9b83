// SPDX-License-Identifier: Apache-2.0

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pumice.PumiceServer;
import dev.pumice.PumiceStartException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

@Timeout(60)
class PumiceServerTest {
  /** What a test starts in a JVM of its own: a server that the JVM holds until it is killed. */
  static final class Holder {
    public static void main(String[] arguments) throws InterruptedException {
      System.out.println(PumiceServer.start().pid());
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  private static ProcessBuilder java(String... arguments) {
    ProcessBuilder builder = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-cp",
        System.getProperty("java.class.path"));
    builder.command().addAll(List.of(arguments));
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT);
  }

  private static String firstLine(Process process) throws IOException {
    return new BufferedReader(new InputStreamReader(process.getInputStream())).readLine();
  }

  // The tests must not see the sources, else a file missing in a jar would not be missed.
  @Test
  void comesFromItsJar() {
    assertTrue(PumiceServer.class.getProtectionDomain().getCodeSource().getLocation().getPath().endsWith(".jar"));
  }

  @Test
  void listensOnAFreePort() throws IOException {
    try (PumiceServer one = PumiceServer.start(); PumiceServer other = PumiceServer.start()) {
      assertNotEquals(one.port(), other.port());
      new Socket("127.0.0.1", one.port()).close();
      new Socket("127.0.0.1", other.port()).close();
    }
  }

  @Test
  void givesWhatAnSdkReadsFromTheEnvironment() {
    try (PumiceServer server = PumiceServer.start()) {
      String endpoint = "http://127.0.0.1:" + server.port();
      assertEquals(Map.of(
          "AWS_ENDPOINT_URL_DYNAMODB", endpoint, "AWS_ENDPOINT_URL_DYNAMODB_STREAMS", endpoint,
          "AWS_REGION", "us-east-1", "AWS_DEFAULT_REGION", "us-east-1",
          "AWS_ACCESS_KEY_ID", "pumice", "AWS_SECRET_ACCESS_KEY", "pumice"), server.connection().environment());
    }
  }

  @Test
  void saysWhyItCannotStart() {
    PumiceStartException error = assertThrows(PumiceStartException.class, () -> PumiceServer.start("-shareDb"));
    assertTrue(error.getMessage().contains("Unknown flag -shareDb"), error.getMessage());
  }

  @Test
  void keepsDataOnDiskWhereFlagsSaySo(@TempDir Path folder) {
    assertEquals(List.of(), tables(folder, client -> PumiceExtensionTest.createTable(client)));
    assertEquals(List.of("again"), tables(folder, client -> {}));
  }

  /** The tables that a server finds in the folder, before `use` does something there. */
  private static List<String> tables(Path folder, Consumer<DynamoDbClient> use) {
    try (PumiceServer server = PumiceServer.start("-dbPath", folder.toString());
        DynamoDbClient client = DynamoDbClient.builder()
            .endpointOverride(server.connection().endpoint())
            .region(Region.of(server.connection().region()))
            .credentialsProvider(StaticCredentialsProvider.create(
                AwsBasicCredentials.create(server.connection().accessKey(), server.connection().secretKey())))
            .build()) {
      List<String> names = client.listTables().tableNames();
      use.accept(client);
      return names;
    }
  }

  @Test
  void stoppingTwiceIsNoMistake() {
    PumiceServer server = PumiceServer.start();
    assertTrue(server.isRunning());
    server.close();
    server.close();
    assertFalse(server.isRunning());
  }

  // A test run that is killed must leave no server and no file behind.
  @Test
  void endsWithAKilledJvm(@TempDir Path folder) throws Exception {
    Process parent = java("-Djava.io.tmpdir=" + folder, "PumiceServerTest$Holder").start();
    ProcessHandle server = ProcessHandle.of(Long.parseLong(firstLine(parent))).orElseThrow();
    parent.destroyForcibly().waitFor();
    server.onExit().get(60, TimeUnit.SECONDS);
    assertEquals(List.of(), files(folder));
  }

  @Test
  void aProgramThatIsNotThereIsNamed() throws Exception {
    Process process = java("-Dpumice.binary=/nowhere/pumice", "PumiceServerTest$Holder")
        .redirectErrorStream(true).start();
    String line = firstLine(process);
    assertTrue(line.contains("cannot start the Pumice server") && line.contains("/nowhere/pumice"), line);
    assertEquals(1, process.waitFor());
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.filter(path -> !path.getFileName().toString().startsWith("hsperfdata"))
          .collect(Collectors.toList());
    }
  }
}
