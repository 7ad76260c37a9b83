// SPDX-License-Identifier: Apache-2.0
package dev.pumice;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A running server, a child process of this JVM. It ends with {@link #close}, and with the JVM, however that ends: the
 * server watches the pipe on its stdin. May be used from any thread.
 */
public final class PumiceServer implements AutoCloseable {
  private static final int START_SECONDS = 30;
  private static final int STOP_SECONDS = 10;
  private static final int KEPT_LOG_LINES = 1000;
  private static final String PORT = "Port:\t";

  private final Process process;
  private final Deque<String> log = new ArrayDeque<>();
  private final CompletableFuture<Integer> port = new CompletableFuture<>();

  private PumiceServer(Process process) {
    this.process = process;
  }

  /**
   * Starts a server and returns when it answers.
   *
   * @param flags are added to its command line ({@code -help} lists them). Without {@code -port} it takes any free
   *     port; without {@code -dbPath} its data is in memory.
   * @throws PumiceStartException if it does not come up; nothing is left running then
   */
  public static PumiceServer start(String... flags) {
    try (ServerFiles files = ServerFiles.provide()) {
      List<String> command = command(files.binary().toString(), Arrays.asList(flags));
      PumiceServer server = new PumiceServer(launch(command));
      Thread errors = server.inBackground(() -> server.keepLines(server.process.getErrorStream(), line -> {}));
      server.inBackground(server::readOutput);
      server.awaitReady(command, errors);
      return server;
    }
  }

  public int port() {
    return port.join();
  }

  /** With the access key "pumice". */
  public PumiceConnection connection() {
    return connection("pumice");
  }

  /** Without the flag -sharedDb each access key has a database of its own. */
  public PumiceConnection connection(String accessKey) {
    return new PumiceConnection(URI.create("http://127.0.0.1:" + port()), "us-east-1", accessKey);
  }

  public long pid() {
    return process.pid();
  }

  public boolean isRunning() {
    return process.isAlive();
  }

  /** The last lines that the server printed. */
  public String log() {
    synchronized (log) {
      return String.join("\n", log);
    }
  }

  /** Stops the server; data in memory is gone. May be called again. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException interrupt) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static List<String> command(String binary, List<String> flags) {
    List<String> command = new ArrayList<>(List.of(binary, "--stop-with-stdin"));
    command.addAll(flags);
    if (!hasAny(flags, "-port", "--port")) {
      command.addAll(List.of("-port", "0"));
    }
    if (!hasAny(flags, "-inMemory", "--inMemory", "-dbPath", "--dbPath")) {
      command.add("-inMemory");
    }
    return command;
  }

  private static boolean hasAny(List<String> flags, String... names) {
    return Arrays.stream(names).anyMatch(flags::contains);
  }

  private static Process launch(List<String> command) {
    try {
      return new ProcessBuilder(command).start();
    } catch (IOException error) {
      throw new PumiceStartException("cannot start the Pumice server: " + error.getMessage(), error);
    }
  }

  private void awaitReady(List<String> command, Thread errors) {
    try {
      port.get(START_SECONDS, TimeUnit.SECONDS);
      return;
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException expected) {
      process.destroyForcibly();
      join(errors);
    }
    close();
    throw new PumiceStartException("the Pumice server did not start: " + String.join(" ", command) + "\n" + log());
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
    }
  }

  /** Such a thread also keeps this object, and with it the pipe on the server's stdin, while the server runs. */
  private Thread inBackground(Runnable work) {
    Thread thread = new Thread(work, "pumice-output");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** The blank line that ends the banner says that the socket listens. */
  private void readOutput() {
    AtomicInteger announced = new AtomicInteger();
    keepLines(process.getInputStream(), line -> {
      if (line.startsWith(PORT)) {
        announced.set(Integer.parseInt(line.substring(PORT.length())));
      } else if (line.isEmpty()) {
        port.complete(announced.get());
      }
    });
    port.completeExceptionally(new IOException("the server has ended"));
  }

  private void keepLines(InputStream stream, Consumer<String> also) {
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        keep(line);
        also.accept(line);
      }
    } catch (IOException error) {
      keep(error.toString());
    }
  }

  private void keep(String line) {
    synchronized (log) {
      log.addLast(line);
      if (log.size() > KEPT_LOG_LINES) {
        log.removeFirst();
      }
    }
  }
}
