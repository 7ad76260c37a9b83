// SPDX-License-Identifier: Apache-2.0
package pumice;

import com.amazonaws.services.dynamodbv2.streamsadapter.adapter.DynamoDBStreamsClientRecord;
import com.amazonaws.services.dynamodbv2.streamsadapter.model.DynamoDBStreamsProcessRecordsInput;
import com.amazonaws.services.dynamodbv2.streamsadapter.processor.DynamoDBStreamsShardRecordProcessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;

/**
 * What all processors of a consumer have seen, in the order in which they did. Delivery is at least once: a worker that loses a lease,
 * as a slow machine makes it, has what came after its checkpoint repeated. A number counts where it comes first.
 */
final class Journal {
  private final Map<String, List<Integer>> numbers = new TreeMap<>();
  private final Set<String> shards = new TreeSet<>();
  private int repeated = 0;

  DynamoDBStreamsShardRecordProcessor newProcessor() {
    return new Processor();
  }

  /** For each item, its numbers as they came. */
  synchronized Map<String, List<Integer>> numbers() {
    var copy = new TreeMap<String, List<Integer>>();
    numbers.forEach((item, seen) -> copy.put(item, List.copyOf(seen)));
    return copy;
  }

  synchronized int count() {
    return numbers.values().stream().mapToInt(List::size).sum();
  }

  synchronized int repeated() {
    return repeated;
  }

  /** The shards that were read. */
  synchronized Set<String> shards() {
    return Set.copyOf(shards);
  }

  private synchronized void begin(String shard) {
    shards.add(shard);
  }

  private synchronized void add(DynamoDBStreamsClientRecord record) {
    var image = record.getRecord().dynamodb().newImage();
    var seen = numbers.computeIfAbsent(image.get("pk").s(), item -> new ArrayList<>());
    var number = Integer.valueOf(image.get("n").n());
    if (seen.contains(number)) {
      ++repeated;
    } else {
      seen.add(number);
    }
  }

  private final class Processor implements DynamoDBStreamsShardRecordProcessor {
    @Override
    public void initialize(InitializationInput input) {
      begin(input.shardId());
    }

    @Override
    public void processRecords(DynamoDBStreamsProcessRecordsInput input) {
      input.records().forEach(Journal.this::add);
      checkpoint(input.checkpointer());
    }

    @Override
    public void leaseLost(LeaseLostInput input) {}

    @Override
    public void shardEnded(ShardEndedInput input) {
      // The end of a shard must be noted, or its children are not begun.
      checkpoint(input.checkpointer());
    }

    @Override
    public void shutdownRequested(ShutdownRequestedInput input) {
      checkpoint(input.checkpointer());
    }

    private void checkpoint(RecordProcessorCheckpointer checkpointer) {
      try {
        checkpointer.checkpoint();
      } catch (Exception problem) {
        throw new IllegalStateException(problem);
      }
    }
  }
}
