// SPDX-License-Identifier: Apache-2.0
package pumice;

import com.amazonaws.services.dynamodbv2.streamsadapter.model.RecordAdapter;
import com.amazonaws.services.kinesis.clientlibrary.interfaces.IRecordProcessorCheckpointer;
import com.amazonaws.services.kinesis.clientlibrary.interfaces.v2.IRecordProcessor;
import com.amazonaws.services.kinesis.clientlibrary.interfaces.v2.IShutdownNotificationAware;
import com.amazonaws.services.kinesis.clientlibrary.lib.worker.ShutdownReason;
import com.amazonaws.services.kinesis.clientlibrary.types.InitializationInput;
import com.amazonaws.services.kinesis.clientlibrary.types.ProcessRecordsInput;
import com.amazonaws.services.kinesis.clientlibrary.types.ShutdownInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What all processors of a consumer have seen, in the order in which they did. Delivery is at least once: a worker that loses a lease,
 * as a slow machine makes it, has what came after its checkpoint repeated. A number counts where it comes first.
 */
final class Journal {
  private final Map<String, List<Integer>> numbers = new TreeMap<>();
  private final Set<String> shards = new TreeSet<>();
  private int repeated = 0;

  IRecordProcessor newProcessor() {
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

  private synchronized void add(RecordAdapter record) {
    var image = record.getInternalObject().getDynamodb().getNewImage();
    var seen = numbers.computeIfAbsent(image.get("pk").getS(), item -> new ArrayList<>());
    var number = Integer.valueOf(image.get("n").getN());
    if (seen.contains(number)) {
      ++repeated;
    } else {
      seen.add(number);
    }
  }

  private final class Processor implements IRecordProcessor, IShutdownNotificationAware {
    @Override
    public void initialize(InitializationInput input) {
      begin(input.getShardId());
    }

    @Override
    public void processRecords(ProcessRecordsInput input) {
      input.getRecords().forEach(record -> add((RecordAdapter) record));
      checkpoint(input.getCheckpointer());
    }

    @Override
    public void shutdown(ShutdownInput input) {
      // The end of a shard must be noted, or its children are not begun.
      if (input.getShutdownReason() == ShutdownReason.TERMINATE) {
        checkpoint(input.getCheckpointer());
      }
    }

    @Override
    public void shutdownRequested(IRecordProcessorCheckpointer checkpointer) {
      checkpoint(checkpointer);
    }

    private void checkpoint(IRecordProcessorCheckpointer checkpointer) {
      try {
        checkpointer.checkpoint();
      } catch (Exception problem) {
        throw new IllegalStateException(problem);
      }
    }
  }
}
