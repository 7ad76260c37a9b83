// SPDX-License-Identifier: Apache-2.0
package dev.pumice.testcontainers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.LogContainerCmd;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The server itself, with the container's command, and just as much of an engine's client as Testcontainers asks for
 * while it waits: the log of the container.
 */
final class ServerInPlaceOfContainer extends PumiceContainer {
  private Process server;
  private int port;

  ServerInPlaceOfContainer() {
    super("pumice");
  }

  /** What start() does, without an engine. A free port takes the place of the container's. */
  void startServer() throws IOException {
    configure();
    List<String> command = new ArrayList<>(List.of(System.getProperty("pumice.binary")));
    command.addAll(Arrays.asList(getCommandParts()));
    command.addAll(List.of("-port", "0", "--stop-with-stdin"));
    server = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    getWaitStrategy().waitUntilReady(this);
  }

  void stopServer() throws InterruptedException {
    server.destroy();
    server.waitFor();
  }

  @Override
  public String getContainerId() {
    return "server";
  }

  @Override
  public String getHost() {
    return "127.0.0.1";
  }

  @Override
  public Integer getMappedPort(int containerPort) {
    if (containerPort != 8000) {
      throw new IllegalArgumentException("the container has no port " + containerPort);
    }
    return port;
  }

  @Override
  public DockerClient getDockerClient() {
    LogContainerCmd log = proxy(LogContainerCmd.class, Map.of("exec", arguments -> {
      new Thread(() -> follow((ResultCallback<?>) arguments[0])).start();
      return arguments[0];
    }));
    return proxy(DockerClient.class, Map.of("logContainerCmd", arguments -> log));
  }

  @SuppressWarnings("unchecked")
  private void follow(ResultCallback<?> callback) {
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(server.getInputStream()))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("Port:\t")) {
          port = Integer.parseInt(line.substring("Port:\t".length()));
        }
        byte[] text = (line + "\n").getBytes(StandardCharsets.UTF_8);
        ((ResultCallback<Frame>) callback).onNext(new Frame(StreamType.STDOUT, text));
      }
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    } finally {
      callback.onComplete();
    }
  }

  /** Methods that are not named return the object itself: those that set something of a command. */
  private static <T> T proxy(Class<T> type, Map<String, Function<Object[], Object>> methods) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
        (self, method, arguments) -> methods.getOrDefault(method.getName(), unused -> self).apply(arguments)));
  }
}
