// SPDX-License-Identifier: Apache-2.0
#include "server/http/connection.h"

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/asio/write.hpp>

namespace pumice {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kMaxBatchBytes =
    64 * 1024;  // of answers to pipelined requests, before they are sent
constexpr std::size_t kKeptAnswerCapacity = 256 * 1024;
constexpr std::size_t kDrainBytes = 16 * 1024;
constexpr std::chrono::milliseconds kDrainTime{5'000};
constexpr Worker::Tick kNoDeadline = std::numeric_limits<Worker::Tick>::max();
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

/// Finds its connection again by a number that no other has: an address may have a new owner.
class ConnectionAnswer final : public LateAnswer {
 public:
  ConnectionAnswer(Worker& worker, Connection& connection, std::uint64_t number)
      : worker_(worker), connection_(&connection), number_(number) {}

  void Give(std::function<void(HttpResponse&)> fill) override {
    worker_.GiveLater(*connection_, number_, std::move(fill));
  }

 private:
  Worker& worker_;
  Connection* const connection_;
  const std::uint64_t number_;
};

bool IsLoopback(const tcp::socket& socket) {
  error_code error;
  const asio::ip::address address = socket.remote_endpoint(error).address();
  if (error) return false;
  if (address.is_loopback()) return true;
  return address.is_v6() && address.to_v6().is_v4_mapped() &&
         asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback();
}

constexpr HttpRefusal kTooManyConnections{503, "Too many connections.\n"};
constexpr HttpRefusal kTooManyRequests{503, "Too many requests in flight.\n"};
constexpr HttpRefusal kTooSlow{408, "The request did not arrive in time.\n"};
constexpr HttpRefusal kTruncated{400, "The request ended early.\n"};

}  // namespace

Connection::Connection(Worker& worker, tcp::socket socket, bool over_limit)
    : worker_(worker),
      socket_(std::move(socket)),
      parser_(worker.shared().limits),
      over_limit_(over_limit) {}

Connection::~Connection() {
  if (held_) worker_.ForgetHeld(*this);
  LeaveFlight();
}

void Connection::Start() {
  error_code error;
  socket_.non_blocking(true, error);
  if (!error) socket_.set_option(tcp::no_delay(true), error);
  if (error) return Close();
  parser_.request().from_loopback = IsLoopback(socket_);
  parser_.request().deferral = this;
  WaitForBytes();
}

// --- Reading
// -------------------------------------------------------------------------------------------------

void Connection::Read() {
  const std::span<char> space = parser_.Space();
  pending_ = true;
  socket_.async_read_some(
      asio::buffer(space.data(), space.size()),
      [this](const error_code& error, std::size_t bytes) { OnRead(error, bytes); });
}

void Connection::OnRead(const error_code& error, std::size_t bytes) {
  pending_ = false;
  if (phase_ == Phase::kClosed) return Close();
  if (timed_out_) return End(kTooSlow);
  if (error == asio::error::eof && phase_ != Phase::kIdle) return End(kTruncated);
  if (error) return Close();
  parser_.Filled(bytes);
  Process();
}

void Connection::WaitForBytes() {
  switch (parser_.state()) {
    case RequestParser::State::kHeader: SetPhase(Phase::kHeader); break;
    case RequestParser::State::kBody:
      if (!EnterFlight()) return End(kTooManyRequests);
      if (parser_.TakeExpectsContinue() && !SendContinue()) return Close();
      SetPhase(Phase::kBody);
      break;
    default:
      // While the worker stops, only a request that has come in already is answered.
      if (worker_.stopping() && NothingCameIn()) return Close();
      SetPhase(Phase::kIdle);
  }
  Read();
}

/// A few bytes into an empty send buffer: the socket takes them, or it is no use any more.
bool Connection::SendContinue() {
  error_code error;
  return socket_.write_some(asio::buffer(kContinue), error) == kContinue.size() && !error;
}

// --- Answering
// -----------------------------------------------------------------------------------------------

void Connection::Process() {
  for (;;) {
    const RequestParser::State state = parser_.Parse();
    if (state == RequestParser::State::kRefused) return End(parser_.refusal());
    if (over_limit_ && state >= RequestParser::State::kBody) return End(kTooManyConnections);
    if (state != RequestParser::State::kReady) {
      if (!out_.empty() && Write() != Written::kAll) return;
      return WaitForBytes();
    }
    AnswerRequest();
    if (awaited_ != 0) return Await();
    // Answers to pipelined requests leave together, while there are bytes that can be a further
    // request.
    if (!last_answer_ && parser_.HasMore() && out_.size() < kMaxBatchBytes) continue;
    SetPhase(Phase::kWriting);
    held_ = true;
    return worker_.SendSoon(*this);
  }
}

void Connection::SendHeld() {
  held_ = false;
  if (Write() != Written::kAll) return;
  phase_ = Phase::kIdle;
  if (last_answer_) return AfterLastAnswer();
  Process();
}

void Connection::AnswerRequest() {
  out_ += response_.body;  // of the request before, when both are answered with one write
  response_.status = 200;
  response_.content_type = {};
  response_.headers.clear();
  response_.body.clear();
  response_.close = false;

  worker_.shared().handler.Handle(parser_.request(), response_);
  LeaveFlight();
  if (awaited_ == 0) CompleteAnswer();
}

void Connection::CompleteAnswer() {
  last_answer_ = response_.close || !parser_.keep_alive() || worker_.stopping();
  AppendResponseHead(out_, response_, worker_.Date(), !last_answer_);
  if (parser_.request().method == "HEAD") response_.body.clear();
  phase_ = Phase::kIdle;
  parser_.Next();
}

std::shared_ptr<LateAnswer> Connection::Defer() {
  awaited_ = worker_.NextLateAnswer();
  return std::make_shared<ConnectionAnswer>(worker_, *this, awaited_);
}

void Connection::Await() {
  SetPhase(Phase::kAwaiting);
  response_.body.clear();
  if (!out_.empty()) Write();
}

void Connection::TakeLateAnswer(std::uint64_t number,
                                const std::function<void(HttpResponse&)>& fill) {
  if (number != awaited_ || phase_ == Phase::kClosed) return;
  if (pending_) {
    early_ = fill;
    return;
  }
  awaited_ = 0;
  fill(response_);
  CompleteAnswer();
  SetPhase(Phase::kWriting);
  held_ = true;
  worker_.SendSoon(*this);
}

void Connection::Refuse(const HttpRefusal& refusal) {
  out_ += response_.body;
  response_.status = refusal.status;
  response_.content_type = refusal.text.empty() ? "" : "text/plain";
  response_.headers.clear();
  response_.body = refusal.text;
  last_answer_ = true;
  AppendResponseHead(out_, response_, worker_.Date(), false);
}

void Connection::End(const HttpRefusal& refusal) {
  Refuse(refusal);
  if (Write() == Written::kAll) AfterLastAnswer();
}

// --- Writing
// -------------------------------------------------------------------------------------------------

Connection::Written Connection::Write() {
  std::array<asio::const_buffer, 2> unsent{asio::buffer(out_), asio::buffer(response_.body)};
  error_code error;
  std::size_t sent = socket_.write_some(unsent, error);
  if (error && error != asio::error::would_block) {
    Close();
    return Written::kFailed;
  }
  if (sent == out_.size() + response_.body.size()) {
    ClearAnswers();
    return Written::kAll;
  }
  for (asio::const_buffer& part : unsent) {
    const std::size_t from_part = std::min(sent, part.size());
    part += from_part;
    sent -= from_part;
  }
  SetPhase(Phase::kWriting);
  pending_ = true;
  asio::async_write(socket_, unsent,
                    [this](const error_code& failure, std::size_t) { OnWritten(failure); });
  return Written::kLater;
}

void Connection::OnWritten(const error_code& error) {
  pending_ = false;
  if (error || phase_ == Phase::kClosed) return Close();
  ClearAnswers();
  if (awaited_ != 0) {
    SetPhase(Phase::kAwaiting);
    if (early_) TakeLateAnswer(awaited_, std::exchange(early_, {}));
    return;
  }
  phase_ = Phase::kIdle;
  if (last_answer_) return AfterLastAnswer();
  Process();
}

void Connection::ClearAnswers() {
  out_.clear();
  response_.body.clear();
  if (out_.capacity() > kKeptAnswerCapacity) out_.shrink_to_fit();
  if (response_.body.capacity() > kKeptAnswerCapacity) response_.body.shrink_to_fit();
}

// --- The end
// -------------------------------------------------------------------------------------------------

/// Closing a socket with unread bytes resets the connection, and the client may lose the answer
/// that it has not read yet. So: say that nothing more comes, and read on until the client has
/// closed.
void Connection::AfterLastAnswer() {
  LeaveFlight();
  if (worker_.stopping() && parser_.state() == RequestParser::State::kIdle) return Close();
  error_code error;
  socket_.shutdown(tcp::socket::shutdown_send, error);
  if (error) return Close();
  SetPhase(Phase::kDraining);
  out_.resize(kDrainBytes);
  Drain();
}

void Connection::Drain() {
  pending_ = true;
  socket_.async_read_some(asio::buffer(out_),
                          [this](const error_code& error, std::size_t) { OnDrained(error); });
}

void Connection::OnDrained(const error_code& error) {
  pending_ = false;
  if (error || phase_ == Phase::kClosed) return Close();
  Drain();
}

void Connection::OnDeadline() {
  if (phase_ != Phase::kHeader && phase_ != Phase::kBody) return Close();
  if (timed_out_) return;
  timed_out_ = true;
  error_code error;
  socket_.cancel(error);
}

void Connection::StopIfIdle() {
  if (phase_ != Phase::kIdle && phase_ != Phase::kDraining) return;
  // Bytes that have come in already are a request that is still to be answered.
  if (NothingCameIn()) Close();
}

bool Connection::NothingCameIn() const {
  error_code error;
  return socket_.available(error) == 0 || error;
}

/// Gives the object away if nothing of it is under way: nothing may be touched afterwards.
void Connection::Close() {
  if (!pending_) return worker_.Remove(*this);
  phase_ = Phase::kClosed;
  deadline_ = kNoDeadline;
  error_code error;
  socket_.close(error);
}

// --- Limits
// --------------------------------------------------------------------------------------------------

bool Connection::EnterFlight() {
  if (in_flight_) return true;
  HttpShared& shared = worker_.shared();
  if (shared.requests_in_flight.fetch_add(1, std::memory_order_relaxed) >=
      shared.limits.max_requests_in_flight) {
    shared.requests_in_flight.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  return in_flight_ = true;
}

void Connection::LeaveFlight() {
  if (!std::exchange(in_flight_, false)) return;
  worker_.shared().requests_in_flight.fetch_sub(1, std::memory_order_relaxed);
}

void Connection::SetPhase(Phase phase) {
  if (phase == phase_ && phase != Phase::kIdle) return;
  phase_ = phase;
  const HttpLimits& limits = worker_.shared().limits;
  switch (phase) {
    case Phase::kIdle: deadline_ = worker_.DeadlineIn(limits.idle_time); break;
    case Phase::kHeader: deadline_ = worker_.DeadlineIn(limits.header_time); break;
    case Phase::kBody: deadline_ = worker_.DeadlineIn(limits.body_time); break;
    case Phase::kWriting: deadline_ = worker_.DeadlineIn(limits.write_time); break;
    case Phase::kDraining: deadline_ = worker_.DeadlineIn(kDrainTime); break;
    // As long as it takes: who put the request off has a limit of its own.
    case Phase::kAwaiting: deadline_ = kNoDeadline; break;
    case Phase::kClosed: break;
  }
}

}  // namespace pumice
