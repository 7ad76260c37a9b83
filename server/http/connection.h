// SPDX-License-Identifier: Apache-2.0
#pragma once
// Connection: one client's socket, from the first byte to the last. Reads requests, has them
// answered one after the other, writes the answers in order. At most one asynchronous operation is
// under way at any time. Thread rule: its worker's thread. Lifetime: owned by the worker; removes
// itself when it is over.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/ip/tcp.hpp>

#include "server/http/request_parser.h"
#include "server/http/worker.h"

namespace pumice {

class Connection final : public Deferral {
 public:
  Connection(Worker& worker, boost::asio::ip::tcp::socket socket, bool over_limit);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void Start();

  // For the worker. Each may end the connection, and with it this object.
  Worker::Tick deadline() const { return deadline_; }
  void OnDeadline();
  void StopIfIdle();
  /// Sends the answer that Worker::SendSoon() held back, and goes on.
  void SendHeld();
  /// Answers the request that was put off under this number, if it is that which is waited for.
  void TakeLateAnswer(std::uint64_t number, const std::function<void(HttpResponse&)>& fill);

  std::shared_ptr<LateAnswer> Defer() override;

 private:
  enum class Phase : std::uint8_t {
    kIdle,      // waits for the first byte of a request
    kHeader,    // a part of a header is there
    kBody,      // a part of a body
    kAwaiting,  // the answer of a request that was put off
    kWriting,   // an answer waits for its turn to be sent, or for the socket to take all of it
    kDraining,  // the last answer is sent; the client closes when it has read it
    kClosed,    // only waits for the operation under way to come back
  };
  enum class Written : std::uint8_t { kAll, kLater, kFailed };

  void Read();
  void OnRead(const boost::system::error_code& error, std::size_t bytes);
  /// Answers what is in the parser until bytes are missing or the answers must be sent.
  void Process();
  void WaitForBytes();
  void AnswerRequest();
  /// Puts the head in front of the answer and is done with the request.
  void CompleteAnswer();
  /// Sends what was answered before the request that was put off.
  void Await();
  void Refuse(const HttpRefusal& refusal);
  /// Refuses, sends that, and ends.
  void End(const HttpRefusal& refusal);
  bool SendContinue();

  /// Sends out_ and response_.body; what the socket does not take at once goes on asynchronously.
  Written Write();
  void OnWritten(const boost::system::error_code& error);
  void ClearAnswers();
  void AfterLastAnswer();
  void Drain();
  void OnDrained(const boost::system::error_code& error);

  bool NothingCameIn() const;
  bool EnterFlight();
  void LeaveFlight();
  void SetPhase(Phase phase);
  void Close();

  Worker& worker_;
  boost::asio::ip::tcp::socket socket_;
  RequestParser parser_;
  HttpResponse response_;
  // Answers not sent yet: their heads, and the bodies of all but the last, which is response_.body.
  std::string out_;
  Phase phase_ = Phase::kIdle;
  Worker::Tick deadline_ = 0;
  bool pending_ = false;      // an asynchronous operation is under way
  bool timed_out_ = false;    // it is being cancelled so that 408 can be answered
  bool last_answer_ = false;  // nothing is read behind it
  bool over_limit_;
  bool in_flight_ = false;
  bool held_ = false;          // in the worker's list of answers to be sent soon
  std::uint64_t awaited_ = 0;  // the number of the answer that is waited for; 0: none
  std::function<void(HttpResponse&)> early_;  // it came while earlier answers were being written
};

}  // namespace pumice
