// SPDX-License-Identifier: Apache-2.0
#include "server/http/request_parser.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace pumice {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kFirstCapacity = 16 * 1024;
constexpr std::size_t kLeastSpace = 4 * 1024;
constexpr std::size_t kBodyStep = 64 * 1024;
constexpr std::size_t kKeptBodyCapacity = 256 * 1024;
constexpr std::size_t kReaderPadding = 128;  // the JSON reader wants spare capacity behind the text
constexpr std::size_t kMaxMethodLength = 32;
constexpr std::string_view kHeaderEnd = "\r\n\r\n";
constexpr std::string_view kLastChunk = "0\r\n\r\n";

/// A last chunk that is not all there: Beast takes it in two steps and asserts that the second one
/// sees all of it.
bool IsPartOfLastChunk(std::string_view pending) {
  return pending.size() < kLastChunk.size() && pending.starts_with('0');
}

constexpr std::string_view kMalformed = "Malformed HTTP request.\n";
constexpr std::string_view kHeaderTooLong = "The request line or the header lines are too long.\n";

/// A client that believes in a proxy sends absolute-form. Whose host it names does not matter:
/// every request that gets here is meant for this server.
std::string_view WithoutAuthority(std::string_view target) {
  const auto slashes = target.find("://");
  if (slashes == std::string_view::npos || target.find('/') != slashes + 1) return target;
  target.remove_prefix(slashes + 3);
  const auto path = target.find_first_of("/?");
  return path == std::string_view::npos ? std::string_view() : target.substr(path);
}

bool IsMethodChar(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

}  // namespace

class RequestParser::Message final : public http::basic_parser<true> {
 public:
  Message(HttpRequest& request, std::string_view header, const HttpLimits& limits)
      : request_(request), header_(header), limits_(limits) {
    eager(true);
    header_limit(
        1U << 30U);  // counted by RequestParser, where line and block have their own limits
    body_limit(boost::none);  // counted by RequestParser and on_chunk_header_impl
  }

  bool http_1_0() const { return version_ == 10; }
  bool expects_continue() const { return expects_continue_; }
  bool other_expectation() const { return other_expectation_; }
  bool transfer_encoded() const { return transfer_encoded_; }
  std::size_t max_body_bytes() const {
    const bool large =
        !limits_.large_body_path.empty() && request_.path.starts_with(limits_.large_body_path);
    return large ? limits_.max_large_body_bytes : limits_.max_body_bytes;
  }

 private:
  void on_request_impl(http::verb, beast::string_view method, beast::string_view target,
                       int version, error_code&) override {
    version_ = version;
    request_.method = method;
    const std::string_view local = WithoutAuthority(target);
    const auto question = local.find('?');
    request_.path = local.substr(0, question);
    if (request_.path.empty()) request_.path = "/";
    request_.query = question == std::string_view::npos ? "" : local.substr(question + 1);
  }

  void on_field_impl(http::field field, beast::string_view name, beast::string_view value,
                     error_code& error) override {
    if (is_header_done()) return;  // a trailer: nothing here asks for one
    // A folded line would be joined outside of the buffer. RFC 9112, 5.2: a server may refuse it.
    const bool in_place = value.empty() || (value.data() >= header_.data() &&
                                            value.data() < header_.data() + header_.size());
    if (!in_place) {
      error = http::error::bad_obs_fold;
      return;
    }
    if (field == http::field::expect) {
      expects_continue_ = beast::iequals(value, "100-continue");
      other_expectation_ = !expects_continue_;
    }
    transfer_encoded_ = transfer_encoded_ || field == http::field::transfer_encoding;
    request_.headers.emplace_back(std::string_view(name), std::string_view(value));
  }

  void on_chunk_header_impl(std::uint64_t size, beast::string_view, error_code& error) override {
    if (size > max_body_bytes() - request_.body.size()) error = http::error::body_limit;
  }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, error_code&) override {
    request_.body.append(body.data(), body.size());
    return body.size();
  }

  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view body, error_code&) override { return body.size(); }
  void on_finish_impl(error_code&) override {}

  HttpRequest& request_;
  std::string_view header_;
  const HttpLimits& limits_;
  int version_ = 11;
  bool expects_continue_ = false;
  bool other_expectation_ = false;
  bool transfer_encoded_ = false;
};

struct RequestParser::Parts {
  std::optional<Message> message;
};

RequestParser::RequestParser(const HttpLimits& limits)
    : limits_(limits),
      parts_(std::make_unique<Parts>()),
      buffer_(new char[kFirstCapacity]),
      capacity_(kFirstCapacity) {}

RequestParser::~RequestParser() = default;

bool RequestParser::keep_alive() const { return parts_->message->keep_alive(); }
bool RequestParser::is_http_1_0() const { return parts_->message->http_1_0(); }
bool RequestParser::HasMore() const { return begin_ != end_; }
bool RequestParser::TakeExpectsContinue() { return std::exchange(expects_continue_, false); }

std::string_view RequestParser::Pending() const { return {buffer_.get() + begin_, end_ - begin_}; }

// --- Space for bytes
// -----------------------------------------------------------------------------------------

std::span<char> RequestParser::Space() {
  if (state_ == State::kBody && !chunked_) {
    const std::size_t step = std::min(body_length_ - body_filled_, kBodyStep);
    request_.body.resize(body_filled_ + step);
    return {request_.body.data() + body_filled_, step};
  }
  if (capacity_ - end_ < kLeastSpace) MakeRoom();
  return {buffer_.get() + end_, capacity_ - end_};
}

void RequestParser::Filled(std::size_t bytes) {
  if (state_ == State::kBody && !chunked_) {
    body_filled_ += bytes;
  } else {
    end_ += bytes;
  }
}

/// Moves what is pending to the front, or behind the header of a chunked request, and takes a
/// larger buffer where that is not enough. Only before views are made: the larger one is never
/// needed for chunks.
void RequestParser::MakeRoom() {
  const std::size_t front = state_ == State::kBody ? header_end_ : 0;
  const std::size_t pending = end_ - begin_;
  const std::size_t largest =
      limits_.max_request_line_bytes + limits_.max_header_bytes + 2 * kLeastSpace;
  if (front == 0 && pending + kLeastSpace > capacity_ && capacity_ < largest) {
    std::unique_ptr<char[]> larger(new char[largest]);
    std::memcpy(larger.get(), buffer_.get() + begin_, pending);
    buffer_ = std::move(larger);
    capacity_ = largest;
  } else if (begin_ != front) {
    std::memmove(buffer_.get() + front, buffer_.get() + begin_, pending);
  }
  scanned_ = front + (std::max(scanned_, begin_) - begin_);
  begin_ = front;
  end_ = front + pending;
}

// --- From bytes to a request
// ---------------------------------------------------------------------------------

RequestParser::State RequestParser::Parse() {
  switch (state_) {
    case State::kIdle:
    case State::kHeader: return ParseHeader();
    case State::kBody:
      if (chunked_) return ParseChunks();
      if (body_filled_ < body_length_) return state_;
      request_.body.resize(body_length_);
      return state_ = State::kReady;
    case State::kReady:
    case State::kRefused: return state_;
  }
  return state_;
}

RequestParser::State RequestParser::ParseHeader() {
  // RFC 9112, 2.2: empty lines in front of a request are no request.
  while (begin_ != end_ && (buffer_[begin_] == '\r' || buffer_[begin_] == '\n')) ++begin_;
  if (begin_ == end_) {
    begin_ = end_ = scanned_ = 0;
    return state_ = State::kIdle;
  }
  state_ = State::kHeader;
  const std::size_t scanned = std::max(scanned_, begin_) - begin_;
  const auto empty_line =
      Pending().find(kHeaderEnd, scanned < kHeaderEnd.size() ? 0 : scanned - kHeaderEnd.size());
  if (empty_line == std::string_view::npos) {
    scanned_ = end_;
    return CheckIncompleteHeader();
  }
  const std::size_t header_size = empty_line + kHeaderEnd.size();
  if (capacity_ - begin_ - header_size < kLeastSpace) MakeRoom();
  const std::string_view header = Pending().substr(0, header_size);
  const auto line_size = header.find("\r\n");
  if (line_size > limits_.max_request_line_bytes ||
      header_size - line_size > limits_.max_header_bytes) {
    return Refuse(400, kHeaderTooLong);
  }

  parts_->message.emplace(request_, header, limits_);
  error_code error;
  parts_->message->put(boost::asio::const_buffer(header.data(), header.size()), error);
  if (error == http::error::bad_version &&
      header.substr(0, line_size).find(" HTTP/") != header.npos) {
    return Refuse(505, "This server speaks HTTP/1.1 and HTTP/1.0.\n");
  }
  if (error) return Refuse(400, kMalformed);
  begin_ += header_size;
  header_end_ = begin_;
  return StartBody();
}

/// What can never become a request is refused at once, not when its time is over.
RequestParser::State RequestParser::CheckIncompleteHeader() {
  const std::string_view pending = Pending();
  const auto line_end = pending.find('\n');
  const std::size_t line_size = std::min(line_end, pending.size());
  if (line_size > limits_.max_request_line_bytes ||
      pending.size() - line_size > limits_.max_header_bytes) {
    return Refuse(400, kHeaderTooLong);
  }
  const std::string_view start = pending.substr(0, std::min(line_size, kMaxMethodLength));
  const auto method_end = std::find_if_not(start.begin(), start.end(), IsMethodChar);
  const bool no_method = method_end == start.end()
                             ? start.size() == kMaxMethodLength
                             : *method_end != ' ' || method_end == start.begin();
  const bool bare_line_feed =
      line_end != std::string_view::npos && (line_end == 0 || pending[line_end - 1] != '\r');
  if (no_method || bare_line_feed || pending.find("\n\n") != std::string_view::npos) {
    return Refuse(400, kMalformed);
  }
  return state_;
}

RequestParser::State RequestParser::StartBody() {
  const Message& message = *parts_->message;
  if (request_.method == "CONNECT") {
    return Refuse(405, "CONNECT is refused: Pumice tunnels nothing. Use an http:// endpoint.\n");
  }
  if (message.other_expectation()) return Refuse(417, "Only 100-continue can be expected.\n");
  expects_continue_ = message.expects_continue() && !message.http_1_0();
  chunked_ = message.chunked();
  if (chunked_) {
    state_ = State::kBody;
    return ParseChunks();
  }
  if (message.transfer_encoded()) return Refuse(501, "Unknown Transfer-Encoding.\n");
  const std::uint64_t length = message.content_length().value_or(0);
  if (length > message.max_body_bytes()) return Refuse(413, "");
  return StartBodyOfLength(length);
}

RequestParser::State RequestParser::StartBodyOfLength(std::size_t length) {
  const std::string_view here = Pending().substr(0, length);
  if (length != 0) request_.body.reserve(length + kReaderPadding);
  request_.body.assign(here);
  begin_ += here.size();
  if (here.size() == length) return state_ = State::kReady;
  body_length_ = length;
  body_filled_ = here.size();
  return state_ = State::kBody;
}

RequestParser::State RequestParser::ParseChunks() {
  Message& message = *parts_->message;
  error_code error;
  while (begin_ != end_ && !IsPartOfLastChunk(Pending()) && !message.is_done() && !error) {
    const std::string_view pending = Pending();
    begin_ += message.put(boost::asio::const_buffer(pending.data(), pending.size()), error);
  }
  if (error == http::error::body_limit) return Refuse(413, "");
  if (error && error != http::error::need_more) return Refuse(400, kMalformed);
  if (message.is_done()) {
    request_.body.reserve(request_.body.size() + kReaderPadding);
    return state_ = State::kReady;
  }
  // A chunk's head or the trailers must fit into what is left behind the header.
  if (end_ - begin_ >= capacity_ - header_end_) return Refuse(400, kHeaderTooLong);
  return state_;
}

void RequestParser::Next() {
  request_.headers.clear();
  request_.body.clear();
  if (request_.body.capacity() > kKeptBodyCapacity) request_.body.shrink_to_fit();
  expects_continue_ = false;
  chunked_ = false;
  scanned_ = begin_;
  state_ = State::kIdle;
  if (begin_ == end_) begin_ = end_ = scanned_ = 0;
}

RequestParser::State RequestParser::Refuse(int status, std::string_view text) {
  refusal_ = {status, text};
  return state_ = State::kRefused;
}

}  // namespace pumice
