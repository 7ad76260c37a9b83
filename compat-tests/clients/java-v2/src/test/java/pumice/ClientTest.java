// SPDX-License-Identifier: Apache-2.0
package pumice;

import static org.junit.jupiter.api.Assertions.*;
import static pumice.Cruddur.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.*;

/** AWS SDK for Java 2: the client as generated, its waiters and paginators, and the streams client. */
class ClientTest {
  private static final String TABLE = "java-client";
  private static final DynamoDbClient CLIENT = connect();

  @BeforeAll
  static void createsTheTable() {
    CLIENT.createTable(schema(TABLE));
    var described = CLIENT.waiter().waitUntilTableExists(table -> table.tableName(TABLE)).matched().response().orElseThrow().table();
    assertEquals(TableStatus.ACTIVE, described.tableStatus());
    var tags = CLIENT.listTagsOfResource(resource -> resource.resourceArn(described.tableArn())).tags();
    assertEquals(List.of(Tag.builder().key("application").value("cruddur").build()), tags);
    var requests = IntStream.rangeClosed(1, 25).mapToObj(n -> WriteRequest.builder().putRequest(put -> put.item(message(n))).build()).toList();
    assertEquals(Map.of(), CLIENT.batchWriteItem(batch -> batch.requestItems(Map.of(TABLE, requests))).unprocessedItems());
  }

  @AfterAll
  static void deletesTheTable() {
    CLIENT.deleteTable(table -> table.tableName(TABLE));
    CLIENT.waiter().waitUntilTableNotExists(table -> table.tableName(TABLE));
    var gone = assertThrows(ResourceNotFoundException.class, () -> CLIENT.describeTable(table -> table.tableName(TABLE)));
    assertEquals("Requested resource not found: Table: " + TABLE + " not found", gone.awsErrorDetails().errorMessage());
    CLIENT.close();
  }

  private static QueryRequest.Builder conversation(String condition, Map<String, AttributeValue> values) {
    return QueryRequest.builder().tableName(TABLE).keyConditionExpression(condition).expressionAttributeValues(values);
  }

  private static List<String> textsOf(List<Map<String, AttributeValue>> items) {
    return items.stream().map(item -> item.get("message").s()).toList();
  }

  @Test
  void theNewestMessagesOfTheYear() {
    var answer = CLIENT.query(conversation("pk = :pk AND begins_with(sk, :year)", Map.of(":pk", s(PK), ":year", s("2026")))
        .scanIndexForward(false).limit(3).returnConsumedCapacity(ReturnConsumedCapacity.TOTAL).build());
    assertEquals(texts(25, 24, 23), textsOf(answer.items()));
    assertEquals(key(23), answer.lastEvaluatedKey());
    assertEquals(0.5, answer.consumedCapacity().capacityUnits());
  }

  @Test
  void messagesBetweenTwoTimes() {
    var answer = CLIENT.query(conversation("pk = :pk AND sk BETWEEN :from AND :to",
        Map.of(":pk", s(PK), ":from", s(at(5)), ":to", s(at(7)))).build());
    assertEquals(List.of(message(5), message(6), message(7)), answer.items());
  }

  @Test
  void paginators() {
    var sizes = new ArrayList<Integer>();
    var pages = CLIENT.queryPaginator(conversation("pk = :pk", Map.of(":pk", s(PK))).limit(10).build());
    pages.forEach(page -> sizes.add(page.items().size()));
    assertEquals(List.of(10, 10, 5), sizes);
    assertEquals(25, CLIENT.scanPaginator(scan -> scan.tableName(TABLE).limit(10).filterExpression("pk = :pk")
        .expressionAttributeValues(Map.of(":pk", s(PK)))).items().stream().count());
  }

  @Test
  void aFailedConditionIsItsOwnException() {
    var item = Map.of("pk", s("conditions"), "sk", s("1"), "message", s("old"));
    CLIENT.putItem(put -> put.tableName(TABLE).item(item));
    var refused = assertThrows(ConditionalCheckFailedException.class, () -> CLIENT.updateItem(update -> update
        .tableName(TABLE).key(Map.of("pk", s("conditions"), "sk", s("1"))).updateExpression("SET message = :new")
        .conditionExpression("message = :other").expressionAttributeValues(Map.of(":new", s("new"), ":other", s("other")))
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)));
    assertEquals("The conditional request failed", refused.awsErrorDetails().errorMessage());
    assertEquals(400, refused.statusCode());
    assertEquals(item, refused.item());
    CLIENT.deleteItem(delete -> delete.tableName(TABLE).key(Map.of("pk", s("conditions"), "sk", s("1"))));
  }

  @Test
  void aCancelledTransactionSaysWhy() {
    var refused = assertThrows(TransactionCanceledException.class, () -> CLIENT.transactWriteItems(transaction -> transaction.transactItems(
        one -> one.put(put -> put.tableName(TABLE).item(message(59))),
        two -> two.conditionCheck(check -> check.tableName(TABLE).key(key(1)).conditionExpression("attribute_not_exists(pk)")
            .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)))));
    assertEquals(List.of("None", "ConditionalCheckFailed"), refused.cancellationReasons().stream().map(CancellationReason::code).toList());
    assertEquals(message(1), refused.cancellationReasons().get(1).item());
    assertFalse(CLIENT.getItem(get -> get.tableName(TABLE).key(key(59))).hasItem());
  }

  @Test
  void valuesOfEveryKindComeBack() {
    var key = Map.of("pk", s("kinds"), "sk", s("1"));
    var item = new java.util.HashMap<>(key);
    item.put("bytes", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {0, -1})));
    item.put("list", AttributeValue.fromL(List.of(s(""), AttributeValue.fromBool(true), AttributeValue.fromNul(true))));
    item.put("map", AttributeValue.fromM(Map.of("a", AttributeValue.fromN("-1.5"))));
    item.put("strings", AttributeValue.fromSs(List.of("only")));
    CLIENT.putItem(put -> put.tableName(TABLE).item(item));
    assertEquals(item, CLIENT.getItem(get -> get.tableName(TABLE).key(key).consistentRead(true)).item());
  }

  @Test
  void timeToLive() {
    var answer = CLIENT.updateTimeToLive(table -> table.tableName(TABLE).timeToLiveSpecification(wish -> wish.attributeName("expires").enabled(true)));
    assertTrue(answer.timeToLiveSpecification().enabled());
    assertEquals("expires", CLIENT.describeTimeToLive(table -> table.tableName(TABLE)).timeToLiveDescription().attributeName());
  }

  @Test
  void theStreamHasTheWritesInTheirOrder() {
    try (var streams = connectStreams()) {
      var table = "java-streams";
      var arn = CLIENT.createTable(schema(table)).tableDescription().latestStreamArn();
      CLIENT.putItem(put -> put.tableName(table).item(message(1)));
      CLIENT.deleteItem(delete -> delete.tableName(table).key(key(1)));
      var shard = streams.describeStream(stream -> stream.streamArn(arn)).streamDescription().shards().get(0).shardId();
      var iterator = streams.getShardIterator(start -> start.streamArn(arn).shardId(shard).shardIteratorType(ShardIteratorType.TRIM_HORIZON));
      var records = streams.getRecords(page -> page.shardIterator(iterator.shardIterator())).records();
      assertEquals(List.of(OperationType.INSERT, OperationType.REMOVE), records.stream().map(software.amazon.awssdk.services.dynamodb.model.Record::eventName).toList());
      assertEquals(message(1), records.get(0).dynamodb().newImage());
      CLIENT.deleteTable(old -> old.tableName(table));
    }
  }
}
