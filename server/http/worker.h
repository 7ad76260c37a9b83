// SPDX-License-Identifier: Apache-2.0
#pragma once
// Worker: one I/O thread with its io_context, the connections that live on it, and their deadlines.
// Thread rule: everything on the worker's own thread, except what says otherwise.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/clock.h"
#include "base/log.h"
#include "server/http/limits.h"
#include "server/http/message.h"
#include "server/http/response_head.h"

namespace pumice {

class Connection;

/// What all workers share.
struct HttpShared {
  const HttpLimits& limits;
  RequestHandler& handler;
  const Clock& clock;
  Log& log;
  std::atomic<std::size_t> connections{0};
  std::atomic<std::size_t> requests_in_flight{0};  // see HttpLimits
};

class Worker {
 public:
  using Tick = std::uint32_t;

  explicit Worker(HttpShared& shared);
  ~Worker();

  boost::asio::io_context& context() { return context_; }
  /// Runs until Stop() has let the last connection go.
  void Run();
  /// From any thread.
  void Stop(std::chrono::milliseconds stop_time);
  /// From any thread: the connection lives on this worker from now on.
  void Adopt(boost::asio::ip::tcp::socket socket, bool over_limit);
  /// From any thread: an answer for connection.TakeLateAnswer(), if that is still there.
  void GiveLater(Connection& connection, std::uint64_t number,
                 std::function<void(HttpResponse&)> fill);

  // For the connections.
  HttpShared& shared() { return shared_; }
  std::string_view Date() { return date_.At(shared_.clock.Now()); }
  bool stopping() const { return stopping_; }
  /// Deadlines are counted in ticks of a coarse timer, so that a request costs no timer and no
  /// clock.
  Tick DeadlineIn(std::chrono::milliseconds time) const;
  void Remove(Connection& connection);
  /// Calls connection.SendHeld() when the requests that came in together with its own are answered,
  /// too: a client that gets several answers at once is woken once. May call it at once.
  void SendSoon(Connection& connection);
  void ForgetHeld(Connection& connection);
  /// A number that no other answer of this worker has; not 0.
  std::uint64_t NextLateAnswer() { return ++late_answers_; }

 private:
  void Add(boost::asio::ip::tcp::socket socket, bool over_limit);
  void ScheduleTick();
  void OnTick();
  void StopHere(std::chrono::milliseconds stop_time);
  void EndAllAfter(std::chrono::milliseconds time);
  void EndIfDone();
  std::vector<Connection*> AllConnections() const;
  void SendAllHeld();

  HttpShared& shared_;
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer ticker_;
  boost::asio::steady_timer stop_timer_;
  std::chrono::milliseconds tick_length_;
  Tick tick_ = 0;
  std::uint64_t late_answers_ = 0;
  bool ticking_ = false;
  bool stopping_ = false;
  DateText date_;
  std::vector<Connection*> held_;     // their answers wait to be sent
  std::vector<Connection*> sending_;  // these are being sent
  bool send_posted_ = false;
  std::unordered_map<Connection*, std::unique_ptr<Connection>> connections_;
};

}  // namespace pumice
