// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/local_queue.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "base/uuid.h"

namespace pumice {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxNameBytes = 256;
constexpr std::string_view kFileEnding = ".jsonl";

// A file is written anew when this many of its lines, and most of them, are gone.
constexpr std::size_t kMinGoneLines = 1000;

Error FileError(const std::filesystem::path& path, std::string_view what) {
  return Error(ErrorCode::kInternal, {},
               fmt::format("{} {}: {}", path.string(), what, std::strerror(errno)));
}

std::int64_t Millis(TimePoint time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

std::optional<TimePoint> ParseMillis(const json& value) {
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  std::int64_t millis = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), millis);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return TimePoint(std::chrono::milliseconds(millis));
}

std::string Line(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

const std::string* TextMember(const json& value, const char* name) {
  const auto found = value.find(name);
  return found == value.end() ? nullptr : found->get_ptr<const std::string*>();
}

}  // namespace

/// An open file, written at its end only.
class LocalQueue::File {
 public:
  static Result<std::unique_ptr<File>> Open(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0) return FileError(path, "cannot be opened");
    return std::unique_ptr<File>(new File(path, fd));
  }
  ~File() { ::close(fd_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  /// All of `text` behind `size`, or nothing.
  Result<void> Append(std::string_view text, std::uint64_t size) {
    while (!text.empty()) {
      const ssize_t written = ::write(fd_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) {
        Error error = FileError(path_, "cannot be written");
        static_cast<void>(Truncate(size));
        return error;
      }
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    return Ok();
  }

  Result<void> Truncate(std::uint64_t size) {
    if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) return FileError(path_, "cannot be cut");
    return Ok();
  }

  Result<std::string> Read(std::uint64_t offset, std::size_t length) const {
    std::string text(length, '\0');
    std::size_t done = 0;
    while (done < length) {
      const ssize_t count =
          ::pread(fd_, text.data() + done, length - done, static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return FileError(path_, "cannot be read");
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
    }
    text.resize(done);
    return text;
  }

  Result<std::uint64_t> Size() const {
    struct stat status = {};
    if (::fstat(fd_, &status) != 0) return FileError(path_, "cannot be read");
    return static_cast<std::uint64_t>(status.st_size);
  }

 private:
  File(std::filesystem::path path, int fd) : path_(std::move(path)), fd_(fd) {}

  std::filesystem::path path_;
  int fd_;
};

LocalQueue::LocalQueue(std::filesystem::path file, const Clock& clock, RandomSource& random)
    : path_(std::move(file)), clock_(clock), random_(random) {}

LocalQueue::~LocalQueue() = default;

Result<std::unique_ptr<LocalQueue>> LocalQueue::Open(std::filesystem::path file, const Clock& clock,
                                                     RandomSource& random) {
  std::unique_ptr<LocalQueue> queue(new LocalQueue(std::move(file), clock, random));
  PUMICE_TRY(queue->Load());
  return queue;
}

Result<void> LocalQueue::Load() {
  const MutexLock lock(mutex_);
  std::error_code ignored;
  if (!std::filesystem::exists(path_, ignored)) return Ok();
  PUMICE_TRY(EnsureFile());
  PUMICE_TRY(const std::uint64_t size, file_->Size());
  PUMICE_TRY(const std::string text, file_->Read(0, size));
  const std::string_view all = text;
  while (size_ < all.size()) {
    const std::size_t end = all.find('\n', size_);
    if (end == std::string_view::npos) return file_->Truncate(size_);
    if (!LoadLine(all.substr(size_, end + 1 - size_), size_)) {
      return Error(ErrorCode::kInternal, {},
                   fmt::format("{}: the line at byte {} is no message", path_.string(), size_));
    }
    size_ = end + 1;
  }
  return Ok();
}

bool LocalQueue::LoadLine(std::string_view line, std::uint64_t offset) {
  const json value = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!value.is_object()) return false;
  if (const std::string* gone = TextMember(value, "DeletedMessageId"); gone != nullptr) {
    if (const auto found = offsets_.find(*gone); found != offsets_.end()) {
      entries_.erase(found->second);
      offsets_.erase(found);
    }
    gone_lines_ += 2;
    return true;
  }
  const std::string* id = TextMember(value, "MessageId");
  if (id == nullptr || TextMember(value, "Body") == nullptr) return false;
  entries_[offset] =
      Entry{.id = *id, .length = line.size(), .visible_from = {}, .first_received = {}};
  offsets_[*id] = offset;
  return true;
}

Result<void> LocalQueue::EnsureFile() {
  if (file_ != nullptr) return Ok();
  PUMICE_TRY(file_, File::Open(path_));
  return Ok();
}

Result<std::uint64_t> LocalQueue::AppendLine(const std::string& line) {
  PUMICE_TRY(EnsureFile());
  PUMICE_TRY(file_->Append(line, size_));
  return std::exchange(size_, size_ + line.size());
}

Result<std::string> LocalQueue::Append(std::string_view body) {
  const std::string id = NewUuid(random_);
  const std::string line = Line(
      {{"MessageId", id}, {"SentTimestamp", std::to_string(Millis(clock_.Now()))}, {"Body", body}});
  const MutexLock lock(mutex_);
  PUMICE_TRY(const std::uint64_t offset, AppendLine(line));
  entries_[offset] =
      Entry{.id = id, .length = line.size(), .visible_from = {}, .first_received = {}};
  offsets_[id] = offset;
  return id;
}

Result<QueueMessage> LocalQueue::ReadMessage(std::uint64_t offset, const Entry& entry) const {
  PUMICE_TRY(const std::string line, file_->Read(offset, entry.length));
  const json value = json::parse(line, nullptr, /*allow_exceptions=*/false);
  const bool ours = value.is_object() && TextMember(value, "Body") != nullptr;
  if (!ours) {
    return Error(ErrorCode::kInternal, {},
                 fmt::format("{}: somebody changed the line at byte {}", path_.string(), offset));
  }
  return QueueMessage{
      .id = entry.id,
      .body = *TextMember(value, "Body"),
      .sent = ParseMillis(value.value("SentTimestamp", json())).value_or(TimePoint()),
      .receipt_handle = {},
      .receive_count = entry.receive_count,
      .first_received = entry.first_received};
}

Result<std::vector<QueueMessage>> LocalQueue::List(std::size_t max_count) const {
  std::vector<QueueMessage> messages;
  const MutexLock lock(mutex_);
  for (const auto& [offset, entry] : entries_) {
    if (messages.size() == max_count) break;
    PUMICE_TRY(QueueMessage message, ReadMessage(offset, entry));
    messages.push_back(std::move(message));
  }
  return messages;
}

Result<std::vector<QueueMessage>> LocalQueue::Receive(std::size_t max_count,
                                                      std::chrono::seconds visibility) {
  std::vector<QueueMessage> messages;
  const TimePoint now = clock_.Now();
  const MutexLock lock(mutex_);
  for (auto& [offset, entry] : entries_) {
    if (messages.size() == max_count) break;
    if (entry.visible_from > now) continue;
    PUMICE_TRY(QueueMessage message, ReadMessage(offset, entry));
    entry.visible_from = now + visibility;
    if (entry.receive_count++ == 0) entry.first_received = now;
    message.receive_count = entry.receive_count;
    message.first_received = entry.first_received;
    message.receipt_handle = fmt::format("{}.{}", entry.id, entry.receive_count);
    messages.push_back(std::move(message));
  }
  return messages;
}

Result<void> LocalQueue::Delete(std::string_view receipt_handle) {
  const std::size_t dot = receipt_handle.find('.');
  constexpr std::size_t kUuidBytes = 36;
  if (dot != kUuidBytes) {
    // From memory: SQS's ReceiptHandleIsInvalid says it so, with the handle in the middle.
    return Error(ErrorCode::kValidation,
                 fmt::format("The input receipt handle \"{}\" is not a valid receipt handle.",
                             receipt_handle));
  }
  const MutexLock lock(mutex_);
  const auto found = offsets_.find(std::string(receipt_handle.substr(0, dot)));
  if (found == offsets_.end()) return Ok();
  PUMICE_TRY(AppendLine(Line({{"DeletedMessageId", found->first}})));
  entries_.erase(found->second);
  offsets_.erase(found);
  gone_lines_ += 2;
  return WriteAnewIfMostlyGone();
}

/// Into a file beside it, which then takes its place: a kill leaves the one or the other.
Result<void> LocalQueue::WriteAnewIfMostlyGone() {
  if (gone_lines_ < kMinGoneLines || gone_lines_ < entries_.size()) return Ok();
  const std::filesystem::path beside = path_.string() + ".new";
  std::error_code error;
  std::filesystem::remove(beside, error);
  PUMICE_TRY(auto file, File::Open(beside));
  std::map<std::uint64_t, Entry> entries;
  std::uint64_t size = 0;
  for (const auto& [offset, entry] : entries_) {
    PUMICE_TRY(const std::string line, file_->Read(offset, entry.length));
    PUMICE_TRY(file->Append(line, size));
    entries[size] = entry;
    size += line.size();
  }
  std::filesystem::rename(beside, path_, error);
  if (error) {
    return Error(ErrorCode::kInternal, {},
                 fmt::format("{} cannot be replaced: {}", path_.string(), error.message()));
  }
  file_ = std::move(file);
  entries_ = std::move(entries);
  size_ = size;
  gone_lines_ = 0;
  for (const auto& [offset, entry] : entries_) offsets_[entry.id] = offset;
  return Ok();
}

QueueCounts LocalQueue::Counts() const {
  const TimePoint now = clock_.Now();
  const MutexLock lock(mutex_);
  QueueCounts counts;
  for (const auto& [offset, entry] : entries_) {
    ++(entry.visible_from > now ? counts.in_flight : counts.visible);
  }
  return counts;
}

// --- A folder of them
// ------------------------------------------------------------------------------

LocalQueues::LocalQueues(std::filesystem::path folder, const Clock& clock, RandomSource& random)
    : folder_(std::move(folder)), clock_(clock), random_(random) {}

bool LocalQueues::IsName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return (c < 128 && std::isalnum(c) != 0) || c == '-' || c == '_' || c == '.';
         });
}

Result<std::string> LocalQueues::Append(const std::string& name, std::string_view body) {
  if (!IsName(name)) {
    return Error(ErrorCode::kValidation, fmt::format("\"{}\" is no name of a queue", name));
  }
  if (folder_.empty()) {
    return Error(ErrorCode::kValidation, {}, "there is no folder for queues");
  }
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) {
    return Error(ErrorCode::kInternal, {},
                 fmt::format("{} cannot be made: {}", folder_.string(), error.message()));
  }
  PUMICE_TRY(LocalQueue * queue, Get(name));
  return queue->Append(body);
}

Result<LocalQueue*> LocalQueues::Find(const std::string& name) {
  if (!IsName(name) || folder_.empty()) return nullptr;
  std::error_code ignored;
  if (!std::filesystem::exists(PathOf(name), ignored)) return nullptr;
  return Get(name);
}

Result<LocalQueue*> LocalQueues::Get(const std::string& name) {
  const MutexLock lock(mutex_);
  auto found = queues_.find(name);
  if (found == queues_.end()) {
    PUMICE_TRY(auto queue, LocalQueue::Open(PathOf(name), clock_, random_));
    found = queues_.emplace(name, std::move(queue)).first;
  }
  return found->second.get();
}

std::vector<std::string> LocalQueues::Names() const {
  std::vector<std::string> names;
  if (folder_.empty()) return names;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, ignored)) {
    if (entry.path().extension() == kFileEnding) names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace pumice
