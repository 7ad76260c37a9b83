// SPDX-License-Identifier: Apache-2.0
#include "server/http/worker.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>

#include "server/http/connection.h"

namespace pumice {
namespace {

using boost::asio::ip::tcp;
using std::chrono::milliseconds;

constexpr milliseconds kEndAgain{100};
// Answers held back at most: more would make the first of them late and the clients idle.
constexpr std::size_t kMaxHeld = 16;

/// Fine enough that the shortest limit is kept to within a quarter; once a second is often enough
/// for all.
milliseconds TickLength(const HttpLimits& limits) {
  const auto shortest =
      std::min({limits.header_time, limits.body_time, limits.write_time, limits.idle_time});
  return std::clamp(shortest / 4, milliseconds(5), milliseconds(1000));
}

}  // namespace

Worker::Worker(HttpShared& shared)
    : shared_(shared),
      context_(1),
      work_(boost::asio::make_work_guard(context_)),
      ticker_(context_),
      stop_timer_(context_),
      tick_length_(TickLength(shared.limits)) {}

Worker::~Worker() = default;

void Worker::Run() { context_.run(); }

void Worker::Stop(milliseconds stop_time) {
  boost::asio::post(context_, [this, stop_time] { StopHere(stop_time); });
}

void Worker::Adopt(tcp::socket socket, bool over_limit) {
  boost::asio::post(context_, [this, over_limit, socket = std::move(socket)]() mutable {
    Add(std::move(socket), over_limit);
  });
}

void Worker::GiveLater(Connection& connection, std::uint64_t number,
                       std::function<void(HttpResponse&)> fill) {
  boost::asio::post(context_, [this, &connection, number, fill = std::move(fill)] {
    if (connections_.contains(&connection)) connection.TakeLateAnswer(number, fill);
  });
}

Worker::Tick Worker::DeadlineIn(milliseconds time) const {
  return tick_ + 1 + static_cast<Tick>((time + tick_length_ - milliseconds(1)) / tick_length_);
}

void Worker::Add(tcp::socket socket, bool over_limit) {
  auto connection = std::make_unique<Connection>(*this, std::move(socket), over_limit);
  Connection& added = *connection;
  connections_.emplace(&added, std::move(connection));
  if (!ticking_) ScheduleTick();
  added.Start();
}

void Worker::Remove(Connection& connection) {
  connections_.erase(&connection);
  shared_.connections.fetch_sub(1, std::memory_order_relaxed);
  EndIfDone();
}

void Worker::SendSoon(Connection& connection) {
  held_.push_back(&connection);
  // A connection that is being sent may have answered its next request already: that one waits.
  if (held_.size() >= kMaxHeld && sending_.empty()) return SendAllHeld();
  if (std::exchange(send_posted_, true)) return;
  // Runs behind the reads that are complete already, before new ones are looked for.
  boost::asio::post(context_, [this] {
    send_posted_ = false;
    SendAllHeld();
  });
}

void Worker::ForgetHeld(Connection& connection) { std::erase(held_, &connection); }

void Worker::SendAllHeld() {
  sending_.swap(held_);
  for (Connection* connection : sending_) connection->SendHeld();
  sending_.clear();
}

void Worker::ScheduleTick() {
  ticking_ = true;
  ticker_.expires_after(tick_length_);
  ticker_.async_wait([this](const boost::system::error_code& error) {
    ticking_ = false;
    if (!error) OnTick();
  });
}

void Worker::OnTick() {
  ++tick_;
  for (Connection* connection : AllConnections()) {
    if (tick_ >= connection->deadline()) connection->OnDeadline();
  }
  if (!connections_.empty() && !ticking_) ScheduleTick();
}

void Worker::StopHere(milliseconds stop_time) {
  stopping_ = true;
  for (Connection* connection : AllConnections()) connection->StopIfIdle();
  EndIfDone();
  if (!connections_.empty()) EndAllAfter(stop_time);
}

/// Treats them as late, again and again: the first time a request that is still arriving gets its
/// 408.
void Worker::EndAllAfter(milliseconds time) {
  stop_timer_.expires_after(time);
  stop_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    for (Connection* connection : AllConnections()) connection->OnDeadline();
    if (!connections_.empty()) EndAllAfter(kEndAgain);
  });
}

/// A copy, because a connection may end, and leave the map, when it is told something.
std::vector<Connection*> Worker::AllConnections() const {
  std::vector<Connection*> all;
  all.reserve(connections_.size());
  for (const auto& [connection, owner] : connections_) all.push_back(connection);
  return all;
}

void Worker::EndIfDone() {
  if (!stopping_ || !connections_.empty()) return;
  ticker_.cancel();
  stop_timer_.cancel();
  work_.reset();
}

}  // namespace pumice
