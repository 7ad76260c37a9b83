// SPDX-License-Identifier: Apache-2.0
package dev.pumice.junit5;

import dev.pumice.PumiceConnection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** What one test at a time has: a database, and clients for it that are made when they are first asked for. */
final class TestDatabase {
  static final Set<Class<?>> PARAMETERS = Set.of(
      DynamoDbClient.class, DynamoDbAsyncClient.class, DynamoDbStreamsClient.class, PumiceConnection.class);

  private final PumiceConnection connection;
  private final Map<Class<?>, SdkAutoCloseable> clients = new ConcurrentHashMap<>();

  TestDatabase(PumiceConnection connection) {
    this.connection = connection;
  }

  /** The parameter of one of the types in PARAMETERS. */
  Object parameter(Class<?> type) {
    return type == PumiceConnection.class ? connection : clients.computeIfAbsent(type, this::makeClient);
  }

  /** Deletes all tables, protected or not. */
  void clear() {
    DynamoDbClient client = (DynamoDbClient) parameter(DynamoDbClient.class);
    for (String name : client.listTablesPaginator().tableNames()) {
      client.updateTable(request -> request.tableName(name).deletionProtectionEnabled(false));
      client.deleteTable(request -> request.tableName(name));
    }
  }

  void close() {
    clients.values().forEach(SdkAutoCloseable::close);
  }

  private SdkAutoCloseable makeClient(Class<?> type) {
    if (type == DynamoDbClient.class) {
      return connect(DynamoDbClient.builder()).build();
    }
    if (type == DynamoDbAsyncClient.class) {
      return connect(DynamoDbAsyncClient.builder()).build();
    }
    return connect(DynamoDbStreamsClient.builder()).build();
  }

  private <B extends AwsClientBuilder<B, C>, C> B connect(B builder) {
    return builder
        .endpointOverride(connection.endpoint())
        .region(Region.of(connection.region()))
        .credentialsProvider(StaticCredentialsProvider.create(
            AwsBasicCredentials.create(connection.accessKey(), connection.secretKey())));
  }
}
