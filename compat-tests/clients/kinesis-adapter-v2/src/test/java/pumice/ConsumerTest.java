// SPDX-License-Identifier: Apache-2.0
package pumice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.amazonaws.services.dynamodbv2.streamsadapter.AmazonDynamoDBStreamsAdapterClient;
import com.amazonaws.services.dynamodbv2.streamsadapter.StreamsSchedulerFactory;
import com.amazonaws.services.dynamodbv2.streamsadapter.polling.DynamoDBStreamsPollingConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.*;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.metrics.NullMetricsFactory;

/**
 * A consumer as version 3 of the Kinesis Client Library writes it, on the DynamoDB Streams adapter: leases, checkpoints and what its
 * workers agree on are in tables of the same endpoint.
 */
class ConsumerTest {
  private static final URI ENDPOINT = URI.create(System.getenv("ENDPOINT"));
  private static final String TABLE = "messages";
  private static final String APPLICATION = "consumer";
  private static final int ITEMS = 12;
  private static final StaticCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("clients", "secret"));

  private static DynamoDbClient client;
  private static DynamoDbAsyncClient asyncClient;
  private static AmazonDynamoDBStreamsAdapterClient adapter;
  private static String streamArn;
  private static ExecutorService threads;
  private static int written = 0;

  private final Journal journal = new Journal();

  @BeforeAll
  static void createTable() {
    client = DynamoDbClient.builder().endpointOverride(ENDPOINT).region(Region.US_EAST_1).credentialsProvider(CREDENTIALS).build();
    asyncClient = DynamoDbAsyncClient.builder().endpointOverride(ENDPOINT).region(Region.US_EAST_1).credentialsProvider(CREDENTIALS).build();
    adapter = new AmazonDynamoDBStreamsAdapterClient(
        DynamoDbStreamsClient.builder().endpointOverride(ENDPOINT).region(Region.US_EAST_1).credentialsProvider(CREDENTIALS).build(),
        Region.US_EAST_1);
    threads = Executors.newCachedThreadPool();
    streamArn = client.createTable(request -> request
            .tableName(TABLE)
            .keySchema(key -> key.attributeName("pk").keyType(KeyType.HASH))
            .attributeDefinitions(attribute -> attribute.attributeName("pk").attributeType(ScalarAttributeType.S))
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .streamSpecification(stream -> stream.streamEnabled(true).streamViewType(StreamViewType.NEW_IMAGE)))
        .tableDescription().latestStreamArn();
  }

  @AfterAll
  static void disconnect() {
    threads.shutdownNow();
    adapter.close();
    asyncClient.close();
    client.close();
  }

  /** A split, a rotation and a second worker that goes on where the first one stopped: nothing is lost, each item keeps its order. */
  @Test
  void readsThroughASplitAndARotation() throws Exception {
    Scheduler worker = worker("first");
    Future<?> running = threads.submit(worker);
    write(20);
    rotate(3);
    write(20);
    rotate(3);
    Future<?> writing = threads.submit(() -> write(40));
    rotate(4);
    writing.get(60, TimeUnit.SECONDS);
    awaitAll(running);
    assertEquals(expected(), journal.numbers());
    assertEquals(1 + 3 + 3 + 4, journal.shards().size());

    assertTrue(worker.startGracefulShutdown().get(60, TimeUnit.SECONDS));
    int before = journal.repeated();
    write(10);
    worker = worker("second");
    running = threads.submit(worker);
    awaitAll(running);
    assertEquals(expected(), journal.numbers());
    // The first worker's checkpoints were in the lease table: without them all would have come again.
    assertTrue(journal.repeated() - before < 80 * ITEMS, () -> journal.repeated() + " repeated");
    assertFalse(client.scan(request -> request.tableName(APPLICATION)).items().isEmpty());
    assertTrue(worker.startGracefulShutdown().get(60, TimeUnit.SECONDS));
  }

  private Scheduler worker(String name) {
    var tracker = StreamsSchedulerFactory.createSingleStreamTracker(
        streamArn, InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON));
    // Metrics go nowhere, so this client is never used.
    var metrics = CloudWatchAsyncClient.builder().endpointOverride(ENDPOINT).region(Region.US_EAST_1).credentialsProvider(CREDENTIALS).build();
    var configs = new ConfigsBuilder(tracker, APPLICATION, adapter, asyncClient, metrics, name, journal::newProcessor);
    var leases = configs.leaseManagementConfig()
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .failoverTimeMillis(5000)
        .leaseAssignmentIntervalMillis(500L)
        .shardSyncIntervalMillis(500)
        .leasesRecoveryAuditorExecutionFrequencyMillis(500);
    leases.workerUtilizationAwareAssignmentConfig().disableWorkerMetrics(true);
    leases.gracefulLeaseHandoffConfig().isGracefulLeaseHandoffEnabled(false);
    return StreamsSchedulerFactory.createScheduler(
        configs.checkpointConfig(),
        configs.coordinatorConfig().parentShardPollIntervalMillis(100).shardConsumerDispatchPollIntervalMillis(50),
        leases,
        configs.lifecycleConfig().taskBackoffTimeMillis(100),
        configs.metricsConfig().metricsFactory(new NullMetricsFactory()),
        configs.processorConfig(),
        configs.retrievalConfig().retrievalSpecificConfig(new DynamoDBStreamsPollingConfig(adapter).idleTimeBetweenReadsInMillis(50)),
        adapter);
  }

  /** So many times, each item once more. */
  private static void write(int rounds) {
    for (int end = written + rounds; written < end; ++written) {
      for (int item = 0; item < ITEMS; ++item) {
        var values = Map.of("pk", AttributeValue.fromS("item " + item), "n", AttributeValue.fromN("" + written));
        client.putItem(request -> request.tableName(TABLE).item(values));
      }
    }
  }

  private static Map<String, List<Integer>> expected() {
    var expected = new TreeMap<String, List<Integer>>();
    for (int item = 0; item < ITEMS; ++item) {
      expected.put("item " + item, IntStream.range(0, written).boxed().toList());
    }
    return expected;
  }

  /** Closes the open shards; as many as said, at least, are open then. */
  private static void rotate(int shards) throws Exception {
    var address = URI.create("%s/_pumice/streams/rotate?TableName=%s&Shards=%d".formatted(ENDPOINT, TABLE, shards));
    var request = HttpRequest.newBuilder(address).POST(HttpRequest.BodyPublishers.noBody()).build();
    var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer.body());
  }

  private void awaitAll(Future<?> worker) throws InterruptedException {
    await(() -> journal.count() >= written * ITEMS || worker.isDone());
    assertFalse(worker.isDone(), "the worker ended");
  }

  private void await(BooleanSupplier seen) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
    while (!seen.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, () -> "only " + journal.count() + " of " + written * ITEMS + " records came: " + journal.numbers());
      Thread.sleep(20);
    }
  }
}
