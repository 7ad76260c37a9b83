// SPDX-License-Identifier: Apache-2.0

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.pumice.PumiceConnection;
import dev.pumice.junit5.Pumice;
import dev.pumice.junit5.PumiceExtension;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/** The extension is played by JUnit inside of JUnit: what a whole run did can be looked at then. */
@Timeout(120)
class PumiceExtensionTest {
  private static final Set<URI> ENDPOINTS = ConcurrentHashMap.newKeySet();
  private static final CyclicBarrier BOTH_RUN = new CyclicBarrier(2);

  static void createTable(DynamoDbClient client) {
    client.createTable(table -> table
        .tableName("again")
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .deletionProtectionEnabled(true)
        .attributeDefinitions(a -> a.attributeName("id").attributeType(ScalarAttributeType.S))
        .keySchema(k -> k.attributeName("id").keyType(KeyType.HASH)));
  }

  // Surefire itself runs none of these: their names do not end with Test.

  @Pumice
  static class CleanCase {
    @BeforeEach
    void startsWithoutTables(DynamoDbClient client, PumiceConnection connection) {
      ENDPOINTS.add(connection.endpoint());
      assertEquals(List.of(), client.listTables().tableNames());
    }

    @RepeatedTest(4)
    void leavesATable(DynamoDbClient client) {
      createTable(client);
      assertEquals(List.of("again"), client.listTables().tableNames());
    }

    @Nested
    class Inner {
      @Test
      void hasClientsOfTheSameDatabase(
          DynamoDbClient client, DynamoDbAsyncClient async, DynamoDbStreamsClient streams) {
        createTable(client);
        assertEquals(List.of("again"), async.listTables().join().tableNames());
        assertEquals(List.of(), streams.listStreams(list -> {}).streams());
      }
    }
  }

  @ExtendWith(PumiceExtension.class)
  static class WithoutAnnotationCase {
    @Test
    void runs(PumiceConnection connection) {
      ENDPOINTS.add(connection.endpoint());
    }
  }

  @Pumice(perClass = true)
  static class AloneCase extends WithoutAnnotationCase {}

  @Pumice(flags = "-sharedDb")
  static class FlagsCase extends WithoutAnnotationCase {}

  /** The barrier shows that both run at the same time. */
  @Pumice
  @Execution(ExecutionMode.CONCURRENT)
  static class ParallelCase {
    @RepeatedTest(2)
    void seesOnlyItsOwnTable(DynamoDbClient client) throws Exception {
      BOTH_RUN.await(60, TimeUnit.SECONDS);
      createTable(client);
      BOTH_RUN.await(60, TimeUnit.SECONDS);
      assertEquals(List.of("again"), client.listTables().tableNames());
    }
  }

  @Pumice
  static class TooEarlyCase {
    @BeforeAll
    static void asksForAClient(DynamoDbClient client) {}

    @Test
    void isNotReached() {}
  }

  private static EngineExecutionResults run(Class<?>... classes) {
    ENDPOINTS.clear();
    EngineTestKit.Builder kit = EngineTestKit.engine("junit-jupiter")
        .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
        .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
        .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "2");
    for (Class<?> type : classes) {
      kit.selectors(selectClass(type));
    }
    return kit.execute();
  }

  private static void assertPass(int count, EngineExecutionResults results) {
    assertEquals(List.of(), results.allEvents().failed().stream().map(Object::toString).collect(Collectors.toList()));
    assertEquals(count, results.testEvents().succeeded().count());
  }

  /** The server of the run around these may be there. */
  private static Set<Long> servers() {
    return ProcessHandle.current().children()
        .filter(child -> child.info().command().orElse("").contains("pumice"))
        .map(ProcessHandle::pid).collect(Collectors.toSet());
  }

  @Test
  void eachTestStartsWithoutTables() {
    assertPass(5, run(CleanCase.class));
  }

  @Test
  void testsAtTheSameTimeDoNotMeet() {
    assertPass(2, run(ParallelCase.class));
  }

  @Test
  void classesShareAServerUnlessToldOtherwise() {
    Set<Long> before = servers();
    assertPass(6, run(CleanCase.class, WithoutAnnotationCase.class));
    assertEquals(1, ENDPOINTS.size());
    assertPass(3, run(WithoutAnnotationCase.class, AloneCase.class, FlagsCase.class));
    assertEquals(3, ENDPOINTS.size());
    assertEquals(before, servers());
  }

  @Test
  void aClientBeforeTheFirstTestIsAMistakeThatIsTold() {
    List<String> failures = run(TooEarlyCase.class).containerEvents().failed().stream()
        .map(Object::toString).collect(Collectors.toList());
    assertEquals(1, failures.size());
    assertTrue(failures.get(0).contains("a DynamoDbClient can be a parameter of tests, @BeforeEach and @AfterEach "
        + "only: each test starts with no tables"), failures.get(0));
  }
}
