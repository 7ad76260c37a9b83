// SPDX-License-Identifier: Apache-2.0
package dev.pumice;

import java.net.URI;
import java.util.Map;

/** What a client needs to reach a server. The server takes any secret key. */
public final class PumiceConnection {
  private final URI endpoint;
  private final String region;
  private final String accessKey;

  PumiceConnection(URI endpoint, String region, String accessKey) {
    this.endpoint = endpoint;
    this.region = region;
    this.accessKey = accessKey;
  }

  public URI endpoint() {
    return endpoint;
  }

  public String region() {
    return region;
  }

  public String accessKey() {
    return accessKey;
  }

  public String secretKey() {
    return "pumice";
  }

  /** What a child process needs for its AWS SDK to find the server. */
  public Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL_DYNAMODB", endpoint.toString(),
        "AWS_ENDPOINT_URL_DYNAMODB_STREAMS", endpoint.toString(),
        "AWS_REGION", region,
        "AWS_DEFAULT_REGION", region,
        "AWS_ACCESS_KEY_ID", accessKey,
        "AWS_SECRET_ACCESS_KEY", secretKey());
  }
}
