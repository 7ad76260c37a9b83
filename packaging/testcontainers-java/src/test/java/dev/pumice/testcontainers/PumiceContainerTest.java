// SPDX-License-Identifier: Apache-2.0
package dev.pumice.testcontainers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.command.CreateContainerCmd;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Without an engine: what Testcontainers is asked for, and what it gets from the server itself. */
@Timeout(60)
class PumiceContainerTest {
  @Test
  void exposesThePortOfTheServer() {
    assertEquals(List.of(8000), new PumiceContainer("pumice").getExposedPorts());
  }

  /** The drop-in's own entry point is a "java" that does not take the server's flags. */
  @Test
  void startsTheServerOfEitherImage() {
    List<String> set = new ArrayList<>();
    CreateContainerCmd command = (CreateContainerCmd) Proxy.newProxyInstance(
        CreateContainerCmd.class.getClassLoader(), new Class<?>[] {CreateContainerCmd.class},
        (self, method, arguments) -> {
          set.add(method.getName() + " " + Arrays.toString((Object[]) arguments[0]));
          return self;
        });
    new PumiceContainer("pumice:dropin").getCreateContainerCmdModifiers().forEach(each -> each.modify(command));
    assertEquals(List.of("withEntrypoint [/usr/local/bin/pumice]"), set);
  }

  @ParameterizedTest
  @CsvSource({
    "'', -inMemory",
    "-sharedDb --throttle, -sharedDb --throttle -inMemory",
    "-inMemory -sharedDb, -inMemory -sharedDb",
    "-dbPath /data, -dbPath /data",
  })
  void keepsDataInMemoryUnlessFlagsNameAFolder(String flags, String command) {
    PumiceContainer container = new PumiceContainer("pumice");
    if (!flags.isEmpty()) {
      container.withFlags(flags.split(" "));
    }
    container.configure();
    assertArrayEquals(command.split(" "), container.getCommandParts());
  }

  @Test
  void isReadyWhenTheServerListens() throws Exception {
    ServerInPlaceOfContainer container = new ServerInPlaceOfContainer();
    container.startServer();
    try {
      URI endpoint = container.getEndpoint();
      HttpResponse<String> answer = HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(endpoint).build(), HttpResponse.BodyHandlers.ofString());
      assertTrue(answer.body().startsWith("healthy: dynamodb."), answer.body());
      assertEquals(Map.of(
          "AWS_ENDPOINT_URL_DYNAMODB", endpoint.toString(),
          "AWS_ENDPOINT_URL_DYNAMODB_STREAMS", endpoint.toString(),
          "AWS_REGION", "us-east-1", "AWS_DEFAULT_REGION", "us-east-1",
          "AWS_ACCESS_KEY_ID", "pumice", "AWS_SECRET_ACCESS_KEY", "pumice"), container.getClientEnvironment());
    } finally {
      container.stopServer();
    }
  }
}
