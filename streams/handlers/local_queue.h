// SPDX-License-Identifier: Apache-2.0
#pragma once
// LocalQueue: what stands in for an SQS queue or an SNS topic as the destination of failed batches:
// a file of JSON lines that anybody may read. LocalQueues: a folder of them, by name.
//   line: {"MessageId":"<uuid>","SentTimestamp":"<ms>","Body":"<text>"}
//       | {"DeletedMessageId":"<uuid>"}           a message above it is gone
// A file whose lines are mostly gone is written anew. AWS: API_ReceiveMessage, API_DeleteMessage
// of SQS. Thread rule: any thread. Lifetime: the clock and the random source outlive it.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"

namespace pumice {

struct QueueMessage {
  std::string id;                  // MessageId
  std::string body;                // Body
  TimePoint sent;                  // SentTimestamp
  std::string receipt_handle;      // ReceiptHandle; empty if it was only listed
  std::int64_t receive_count = 0;  // ApproximateReceiveCount
  TimePoint first_received;        // ApproximateFirstReceiveTimestamp, if it was received
};

struct QueueCounts {
  std::size_t visible = 0;    // ApproximateNumberOfMessages
  std::size_t in_flight = 0;  // ApproximateNumberOfMessagesNotVisible
};

class LocalQueue {
 public:
  /// Reads the file, which comes into being with its first message. A last line without an end, as
  /// a kill leaves it, is cut off. Errors: Internal (log_text: the file cannot be read; a line is
  /// none of ours).
  static Result<std::unique_ptr<LocalQueue>> Open(std::filesystem::path file, const Clock& clock,
                                                  RandomSource& random);
  ~LocalQueue();

  /// The new message's MessageId. Errors: Internal (log_text: the disk is full, the file cannot be
  /// written); then the file is as it was.
  Result<std::string> Append(std::string_view body);

  /// The oldest messages, whether received or not; nothing changes. Errors: Internal (log_text).
  Result<std::vector<QueueMessage>> List(std::size_t max_count) const;

  /// The oldest visible messages, which nobody else receives for the time of `visibility`. Who
  /// received what is forgotten at the end of the server, as with a visibility that ends.
  /// Errors: Internal (log_text).
  Result<std::vector<QueueMessage>> Receive(std::size_t max_count, std::chrono::seconds visibility);

  /// A message that is gone already is no error. Errors: Validation (no handle that Receive gave),
  /// Internal (log_text).
  Result<void> Delete(std::string_view receipt_handle);

  QueueCounts Counts() const;

 private:
  struct Entry {
    std::string id;
    std::size_t length = 0;  // of its line, with the line's end
    TimePoint visible_from;
    std::int64_t receive_count = 0;
    TimePoint first_received;
  };
  class File;

  LocalQueue(std::filesystem::path file, const Clock& clock, RandomSource& random);
  Result<void> Load();
  bool LoadLine(std::string_view line, std::uint64_t offset) REQUIRES(mutex_);
  Result<std::uint64_t> AppendLine(const std::string& line) REQUIRES(mutex_);
  Result<void> EnsureFile() REQUIRES(mutex_);
  Result<QueueMessage> ReadMessage(std::uint64_t offset, const Entry& entry) const REQUIRES(mutex_);
  Result<void> WriteAnewIfMostlyGone() REQUIRES(mutex_);

  const std::filesystem::path path_;
  const Clock& clock_;
  RandomSource& random_;
  mutable Mutex mutex_;
  std::unique_ptr<File> file_ GUARDED_BY(mutex_);  // null: nothing was ever written
  std::uint64_t size_ GUARDED_BY(mutex_) = 0;
  std::map<std::uint64_t, Entry> entries_ GUARDED_BY(mutex_);  // by the offsets of their lines
  std::unordered_map<std::string, std::uint64_t> offsets_ GUARDED_BY(mutex_);  // by MessageId
  std::size_t gone_lines_ GUARDED_BY(mutex_) = 0;
};

class LocalQueues {
 public:
  /// `folder` comes into being with the first message. Empty: Append refuses, there is none.
  LocalQueues(std::filesystem::path folder, const Clock& clock, RandomSource& random);

  /// "letters.of_1-a", 1 to 256 characters, not beginning with a dot; longer than SQS's 80, as
  /// topics' names are.
  static bool IsName(std::string_view name);

  /// Errors: Validation (no name; no folder was given), Internal (log_text: as LocalQueue's).
  Result<std::string> Append(const std::string& name, std::string_view body);

  /// Null: nothing was ever sent to a queue of that name. Errors: Internal (log_text). The queue
  /// lives as long as this.
  Result<LocalQueue*> Find(const std::string& name);

  /// In alphabetical order.
  std::vector<std::string> Names() const;

 private:
  std::filesystem::path PathOf(const std::string& name) const {
    return folder_ / (name + ".jsonl");
  }
  Result<LocalQueue*> Get(const std::string& name);

  const std::filesystem::path folder_;
  const Clock& clock_;
  RandomSource& random_;
  Mutex mutex_;
  std::map<std::string, std::unique_ptr<LocalQueue>> queues_ GUARDED_BY(mutex_);
};

}  // namespace pumice
