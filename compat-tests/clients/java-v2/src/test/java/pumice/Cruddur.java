// SPDX-License-Identifier: Apache-2.0
package pumice;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.*;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/** Cruddur's table and items, and clients for the endpoint of the environment. */
final class Cruddur {
  static final String INDEX = "message-group-sk-index";
  static final String PK = "MSG#group-1";
  private static final URI ENDPOINT = URI.create(System.getenv("ENDPOINT"));
  private static final StaticCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("clients", "secret"));

  private Cruddur() {}

  static DynamoDbClient connect() {
    return DynamoDbClient.builder().endpointOverride(ENDPOINT).region(Region.US_EAST_1).credentialsProvider(CREDENTIALS).build();
  }

  static DynamoDbStreamsClient connectStreams() {
    return DynamoDbStreamsClient.builder().endpointOverride(ENDPOINT).region(Region.US_EAST_1).credentialsProvider(CREDENTIALS).build();
  }

  static String at(int n) {
    return "2026-03-01T00:%02d:00.000000+00:00".formatted(n);
  }

  static AttributeValue s(String text) {
    return AttributeValue.fromS(text);
  }

  static Map<String, AttributeValue> key(int n) {
    return Map.of("pk", s(PK), "sk", s(at(n)));
  }

  static Map<String, AttributeValue> message(int n) {
    return Map.of("pk", s(PK), "sk", s(at(n)), "message", s("text " + n));
  }

  static List<String> texts(int... numbers) {
    return IntStream.of(numbers).mapToObj(n -> "text " + n).toList();
  }

  private static List<KeySchemaElement> keys(String hash, String sort) {
    return List.of(
        KeySchemaElement.builder().attributeName(hash).keyType(KeyType.HASH).build(),
        KeySchemaElement.builder().attributeName(sort).keyType(KeyType.RANGE).build());
  }

  static CreateTableRequest schema(String table) {
    var units = ProvisionedThroughput.builder().readCapacityUnits(5L).writeCapacityUnits(5L).build();
    return CreateTableRequest.builder()
        .tableName(table)
        .keySchema(keys("pk", "sk"))
        .attributeDefinitions(Stream.of("pk", "sk", "message_group_uuid")
            .map(name -> AttributeDefinition.builder().attributeName(name).attributeType(ScalarAttributeType.S).build())
            .toList())
        .provisionedThroughput(units)
        .globalSecondaryIndexes(index -> index.indexName(INDEX).keySchema(keys("message_group_uuid", "sk"))
            .projection(projection -> projection.projectionType(ProjectionType.ALL)).provisionedThroughput(units))
        .streamSpecification(stream -> stream.streamEnabled(true).streamViewType(StreamViewType.NEW_IMAGE))
        .tags(tag -> tag.key("application").value("cruddur"))
        .build();
  }
}
