// SPDX-License-Identifier: Apache-2.0
package dev.pumice.testcontainers;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * Pumice, a local DynamoDB server, in a container. Data is in memory unless flags name a folder. Should the test run be
 * killed, Testcontainers' reaper removes the container.
 */
public class PumiceContainer extends GenericContainer<PumiceContainer> {
  private static final int PORT = 8000;
  /** In both images, pumice and pumice:dropin. */
  private static final String ENTRY_POINT = "/usr/local/bin/pumice";
  /** Matches the last line of what the server prints once its socket listens. */
  private static final String READY_LINE = ".*CorsParams:.*";

  private final List<String> flags = new ArrayList<>();

  /** An image that is pumice or pumice:dropin, in any registry. */
  public PumiceContainer(String image) {
    this(DockerImageName.parse(image));
  }

  /** An image that is pumice or pumice:dropin, in any registry. */
  public PumiceContainer(DockerImageName image) {
    super(image);
    addExposedPorts(PORT);
    withCreateContainerCmdModifier(command -> command.withEntrypoint(ENTRY_POINT));
    waitingFor(Wait.forLogMessage(READY_LINE, 1));
  }

  /** Adds flags to the server's command line, e.g. "-sharedDb" or "--throttle". */
  public PumiceContainer withFlags(String... added) {
    Collections.addAll(flags, added);
    return self();
  }

  /** What a client on this machine connects to. Of a running container only. */
  public URI getEndpoint() {
    return URI.create("http://" + getHost() + ":" + getMappedPort(PORT));
  }

  /** For a client; the server takes any region. */
  public String getRegion() {
    return "us-east-1";
  }

  /** For a client; the server takes any key, and without -sharedDb each has a database of its own. */
  public String getAccessKey() {
    return "pumice";
  }

  /** For a client; the server takes any key. */
  public String getSecretKey() {
    return "pumice";
  }

  /** What a child process needs for its AWS SDK to find the server. Of a running container only. */
  public Map<String, String> getClientEnvironment() {
    return Map.of(
        "AWS_ENDPOINT_URL_DYNAMODB", getEndpoint().toString(),
        "AWS_ENDPOINT_URL_DYNAMODB_STREAMS", getEndpoint().toString(),
        "AWS_REGION", getRegion(),
        "AWS_DEFAULT_REGION", getRegion(),
        "AWS_ACCESS_KEY_ID", getAccessKey(),
        "AWS_SECRET_ACCESS_KEY", getSecretKey());
  }

  @Override
  protected void configure() {
    List<String> command = new ArrayList<>(flags);
    List<String> storage = Arrays.asList("-inMemory", "--inMemory", "-dbPath", "--dbPath");
    if (Collections.disjoint(command, storage)) {
      command.add("-inMemory");
    }
    setCommand(command.toArray(new String[0]));
  }
}
