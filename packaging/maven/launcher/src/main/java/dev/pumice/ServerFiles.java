// SPDX-License-Identifier: Apache-2.0
package dev.pumice;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The server's program, taken out of its jar into a folder of its own, or the one that the system property {@code
 * pumice.binary} names. A running server needs its files no more: {@link #close} deletes the folder then, so that
 * nothing is left behind, not even by a JVM that is killed.
 */
final class ServerFiles implements AutoCloseable {
  private static final String PLATFORM = "linux-x86_64";

  private final Path folder;
  private final Path binary;

  private ServerFiles(Path folder, Path binary) {
    this.folder = folder;
    this.binary = binary;
  }

  /** Throws PumiceStartException where there is no server for this system, or no room for it. */
  static ServerFiles provide() {
    String named = System.getProperty("pumice.binary");
    if (named != null) {
      return new ServerFiles(null, Path.of(named));
    }
    if (!isThisPlatform() || ServerFiles.class.getResource(PLATFORM + "/files") == null) {
      throw new PumiceStartException(
          "there is no Pumice server for " + System.getProperty("os.name") + " on " + System.getProperty("os.arch")
              + " on the class path (pumice-dynamodb-native has " + PLATFORM
              + "); -Dpumice.binary=<path> names another one");
    }
    try {
      Path folder = Files.createTempDirectory("pumice");
      ServerFiles files = new ServerFiles(folder, folder.resolve("bin/pumice"));
      files.unpack();
      return files;
    } catch (IOException error) {
      throw new PumiceStartException("cannot write the Pumice server to " + System.getProperty("java.io.tmpdir")
          + " (-Djava.io.tmpdir=<folder> names another folder): " + error, error);
    }
  }

  Path binary() {
    return binary;
  }

  @Override
  public void close() {
    if (folder == null) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).collect(Collectors.toList())) {
        Files.delete(path);
      }
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  private static boolean isThisPlatform() {
    return System.getProperty("os.name").equals("Linux")
        && List.of("amd64", "x86_64").contains(System.getProperty("os.arch"));
  }

  /** The program and the libraries that lie beside it; the resource "files" lists them. */
  private void unpack() throws IOException {
    try (InputStream list = resource("files")) {
      for (String name : new String(list.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        try (InputStream content = resource(name)) {
          Files.copy(content, file);
        }
      }
      if (!binary.toFile().setExecutable(true, true)) {
        throw new IOException(binary + " cannot be made executable");
      }
    } catch (IOException | RuntimeException error) {
      close();
      throw error;
    }
  }

  private static InputStream resource(String name) {
    return ServerFiles.class.getResourceAsStream(PLATFORM + "/" + name);
  }
}
