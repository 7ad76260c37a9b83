// SPDX-License-Identifier: Apache-2.0
package pumice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDB;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBClientBuilder;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBStreamsClientBuilder;
import com.amazonaws.services.dynamodbv2.model.*;
import com.amazonaws.services.dynamodbv2.streamsadapter.AmazonDynamoDBStreamsAdapterClient;
import com.amazonaws.services.dynamodbv2.streamsadapter.StreamsWorkerFactory;
import com.amazonaws.services.kinesis.clientlibrary.lib.worker.InitialPositionInStream;
import com.amazonaws.services.kinesis.clientlibrary.lib.worker.KinesisClientLibConfiguration;
import com.amazonaws.services.kinesis.clientlibrary.lib.worker.Worker;
import com.amazonaws.services.kinesis.metrics.impl.NullMetricsFactory;
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

/**
 * A consumer as the Kinesis Client Library writes it, on the DynamoDB Streams adapter: leases and checkpoints are in a table of
 * the same endpoint.
 */
class ConsumerTest {
  private static final String ENDPOINT = System.getenv("ENDPOINT");
  private static final String TABLE = "messages";
  private static final String APPLICATION = "consumer";
  private static final int ITEMS = 12;
  private static final EndpointConfiguration WHERE = new EndpointConfiguration(ENDPOINT, "us-east-1");
  private static final AWSStaticCredentialsProvider CREDENTIALS =
      new AWSStaticCredentialsProvider(new BasicAWSCredentials("clients", "secret"));

  private static AmazonDynamoDB client;
  private static String streamArn;
  private static ExecutorService threads;
  private static int written = 0;

  private final Journal journal = new Journal();

  @BeforeAll
  static void createTable() {
    client = AmazonDynamoDBClientBuilder.standard().withEndpointConfiguration(WHERE).withCredentials(CREDENTIALS).build();
    threads = Executors.newCachedThreadPool();
    streamArn = client.createTable(new CreateTableRequest()
            .withTableName(TABLE)
            .withKeySchema(new KeySchemaElement("pk", KeyType.HASH))
            .withAttributeDefinitions(new AttributeDefinition("pk", ScalarAttributeType.S))
            .withBillingMode(BillingMode.PAY_PER_REQUEST)
            .withStreamSpecification(new StreamSpecification().withStreamEnabled(true).withStreamViewType(StreamViewType.NEW_IMAGE)))
        .getTableDescription().getLatestStreamArn();
  }

  @AfterAll
  static void disconnect() {
    threads.shutdownNow();
    client.shutdown();
  }

  /** A split, a rotation and a second worker that goes on where the first one stopped: nothing is lost, each item keeps its order. */
  @Test
  void readsThroughASplitAndARotation() throws Exception {
    Future<?> running = null;
    Worker worker = worker("first");
    running = threads.submit(worker);
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
    assertFalse(leases().isEmpty());
    assertTrue(worker.startGracefulShutdown().get(60, TimeUnit.SECONDS));
  }

  private Worker worker(String name) {
    var streams = AmazonDynamoDBStreamsClientBuilder.standard().withEndpointConfiguration(WHERE).withCredentials(CREDENTIALS).build();
    var configuration = new KinesisClientLibConfiguration(APPLICATION, streamArn, CREDENTIALS, name)
        .withInitialPositionInStream(InitialPositionInStream.TRIM_HORIZON)
        .withBillingMode(BillingMode.PAY_PER_REQUEST)
        .withFailoverTimeMillis(5000)
        .withIdleTimeBetweenReadsInMillis(50)
        .withParentShardPollIntervalMillis(100)
        .withShardSyncIntervalMillis(500)
        .withTaskBackoffTimeMillis(100)
        .withLeasesRecoveryAuditorExecutionFrequencyMillis(500);
    return StreamsWorkerFactory.createDynamoDbStreamsWorker(
        journal::newProcessor, configuration, new AmazonDynamoDBStreamsAdapterClient(streams), client, new NullMetricsFactory(), threads);
  }

  /** So many times, each item once more. */
  private static void write(int rounds) {
    for (int end = written + rounds; written < end; ++written) {
      for (int item = 0; item < ITEMS; ++item) {
        client.putItem(TABLE, Map.of("pk", new AttributeValue("item " + item), "n", new AttributeValue().withN("" + written)));
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

  private static List<Map<String, AttributeValue>> leases() {
    return client.scan(new ScanRequest(APPLICATION)).getItems();
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
