// SPDX-License-Identifier: Apache-2.0
package pumice;

import static org.junit.jupiter.api.Assertions.*;
import static pumice.Cruddur.*;
import static software.amazon.awssdk.enhanced.dynamodb.model.QueryConditional.keyEqualTo;
import static software.amazon.awssdk.enhanced.dynamodb.model.QueryConditional.sortBeginsWith;
import static software.amazon.awssdk.enhanced.dynamodb.model.QueryConditional.sortBetween;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.enhanced.dynamodb.*;
import software.amazon.awssdk.enhanced.dynamodb.extensions.annotations.DynamoDbVersionAttribute;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.*;
import software.amazon.awssdk.enhanced.dynamodb.model.*;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/** The Enhanced client: messages as beans with an index and a version, in a table that it creates itself. */
class EnhancedClientTest {
  private static final DynamoDbClient CLIENT = connect();
  private static final DynamoDbEnhancedClient ENHANCED = DynamoDbEnhancedClient.builder().dynamoDbClient(CLIENT).build();
  private static final DynamoDbTable<Message> MESSAGES = ENHANCED.table("java-enhanced", TableSchema.fromBean(Message.class));

  @DynamoDbBean
  public static class Message {
    private String pk;
    private String sk;
    private String group;
    private String message;
    private Long version;
    private Instant seen;
    private Set<String> tags;
    private Map<String, List<Integer>> more;

    static Message of(String pk, int n) {
      var made = new Message();
      made.pk = pk;
      made.sk = at(n);
      made.message = "text " + n;
      return made;
    }

    @DynamoDbPartitionKey
    public String getPk() { return pk; }
    public void setPk(String value) { pk = value; }

    @DynamoDbSortKey
    @DynamoDbSecondarySortKey(indexNames = INDEX)
    public String getSk() { return sk; }
    public void setSk(String value) { sk = value; }

    @DynamoDbSecondaryPartitionKey(indexNames = INDEX)
    @DynamoDbAttribute("message_group_uuid")
    public String getGroup() { return group; }
    public void setGroup(String value) { group = value; }

    @DynamoDbVersionAttribute
    public Long getVersion() { return version; }
    public void setVersion(Long value) { version = value; }

    public String getMessage() { return message; }
    public void setMessage(String value) { message = value; }
    public Instant getSeen() { return seen; }
    public void setSeen(Instant value) { seen = value; }
    public Set<String> getTags() { return tags; }
    public void setTags(Set<String> value) { tags = value; }
    public Map<String, List<Integer>> getMore() { return more; }
    public void setMore(Map<String, List<Integer>> value) { more = value; }
  }

  @BeforeAll
  static void createsTheTable() {
    MESSAGES.createTable(table -> table.globalSecondaryIndices(EnhancedGlobalSecondaryIndex.builder().indexName(INDEX)
        .projection(projection -> projection.projectionType(ProjectionType.ALL)).build()));
    CLIENT.waiter().waitUntilTableExists(table -> table.tableName(MESSAGES.tableName()));
    // No batch: the version makes each put conditional, which a batch cannot be.
    IntStream.rangeClosed(1, 25).forEach(n -> MESSAGES.putItem(Message.of(PK, n)));
  }

  @AfterAll
  static void deletesTheTable() {
    MESSAGES.deleteTable();
    CLIENT.close();
  }

  private static Key keyOf(String pk, String sk) {
    return Key.builder().partitionValue(pk).sortValue(sk).build();
  }

  private static List<String> textsOf(PageIterable<Message> pages) {
    return pages.items().stream().map(Message::getMessage).toList();
  }

  @Test
  void queries() {
    var newest = MESSAGES.query(query -> query.queryConditional(sortBeginsWith(keyOf(PK, "2026"))).scanIndexForward(false).limit(20));
    var first = newest.iterator().next();
    assertEquals("text 25", first.items().get(0).getMessage());
    assertEquals(20, first.items().size());
    assertEquals(key(6), first.lastEvaluatedKey());
    assertEquals(25, textsOf(newest).size());
    assertEquals(texts(5, 6, 7), textsOf(MESSAGES.query(sortBetween(keyOf(PK, at(5)), keyOf(PK, at(7))))));
    var filter = Expression.builder().expression("#m <> :m").putExpressionName("#m", "message").putExpressionValue(":m", s("text 6")).build();
    assertEquals(texts(5, 7), textsOf(MESSAGES.query(query -> query
        .queryConditional(sortBetween(keyOf(PK, at(5)), keyOf(PK, at(7)))).filterExpression(filter))));
  }

  @Test
  void theIndexHasBothEndsOfAConversation() {
    for (var owner : List.of("GRP#andrew", "GRP#bayko")) {
      var group = Message.of(owner, 1);
      group.setGroup("group-1");
      MESSAGES.putItem(group);
    }
    var found = MESSAGES.index(INDEX).query(keyEqualTo(key -> key.partitionValue("group-1"))).stream().flatMap(page -> page.items().stream());
    assertEquals(List.of("GRP#andrew", "GRP#bayko"), found.map(Message::getPk).sorted().toList());
  }

  @Test
  void batchesOfReads() {
    var reads = ReadBatch.builder(Message.class).mappedTableResource(MESSAGES);
    for (var n : List.of(2, 3, 59)) reads.addGetItem(keyOf(PK, at(n)));
    var found = ENHANCED.batchGetItem(all -> all.readBatches(reads.build())).resultsForTable(MESSAGES);
    assertEquals(texts(2, 3), found.stream().map(Message::getMessage).sorted().toList());
  }

  // The version makes each write conditional: the second of two writers loses.
  @Test
  void versions() {
    MESSAGES.putItem(Message.of("versions", 1));
    var first = MESSAGES.getItem(keyOf("versions", at(1)));
    var second = MESSAGES.getItem(keyOf("versions", at(1)));
    first.setMessage("first");
    assertEquals(2, MESSAGES.updateItem(first).getVersion());
    second.setMessage("second");
    assertThrows(ConditionalCheckFailedException.class, () -> MESSAGES.updateItem(second));
    assertEquals("first", MESSAGES.getItem(keyOf("versions", at(1))).getMessage());
  }

  @Test
  void transactions() {
    ENHANCED.transactWriteItems(all -> all.addPutItem(MESSAGES, Message.of("transactions", 1)).addPutItem(MESSAGES, Message.of("transactions", 2)));
    ConditionCheck<Message> check = ConditionCheck.builder().key(keyOf("transactions", at(1)))
        .conditionExpression(Expression.builder().expression("attribute_not_exists(pk)").build()).build();
    var refused = assertThrows(TransactionCanceledException.class, () -> ENHANCED.transactWriteItems(
        all -> all.addPutItem(MESSAGES, Message.of("transactions", 3)).addConditionCheck(MESSAGES, check)));
    assertEquals("ConditionalCheckFailed", refused.cancellationReasons().get(1).code());
    var read = ENHANCED.transactGetItems(all -> all.addGetItem(MESSAGES, keyOf("transactions", at(2))).addGetItem(MESSAGES, keyOf("transactions", at(3))));
    assertEquals("text 2", read.get(0).getItem(MESSAGES).getMessage());
    assertNull(read.get(1).getItem(MESSAGES));
  }

  @Test
  void beansComeBack() {
    var written = Message.of("kinds", 1);
    written.setSeen(Instant.parse("2026-03-01T12:00:00.123456789Z"));
    written.setTags(Set.of("a", "b"));
    written.setMore(Map.of("x", List.of(1, 2)));
    MESSAGES.putItem(written);
    var found = MESSAGES.getItem(get -> get.key(keyOf("kinds", at(1))).consistentRead(true));
    assertEquals(written.getSeen(), found.getSeen());
    assertEquals(written.getTags(), found.getTags());
    assertEquals(written.getMore(), found.getMore());
    assertEquals("text 1", MESSAGES.deleteItem(keyOf("kinds", at(1))).getMessage());
    assertNull(MESSAGES.getItem(keyOf("kinds", at(1))));
  }
}
