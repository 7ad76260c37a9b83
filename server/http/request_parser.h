// SPDX-License-Identifier: Apache-2.0
#pragma once
// RequestParser: the bytes of one connection in, one HttpRequest after another out. No sockets, no
// time.
//   for (;;) { read into Space(); Filled(n); while (Parse() == State::kReady) { use request();
//   Next(); } }
// Header lines are views on the buffer; a body is gathered in request().body.
// Thread rule: one thread. Memory: the buffer and the body's capacity are kept from request to
// request.

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "server/http/limits.h"
#include "server/http/message.h"

namespace pumice {

/// An answer that this folder gives without asking the handler. The connection ends after it.
struct HttpRefusal {
  int status = 400;
  std::string_view text;
};

class RequestParser {
 public:
  enum class State {
    kIdle,     // not a byte of a request is there
    kHeader,   // a part of the header is
    kBody,     // the header is, and a part of the body
    kReady,    // request() is whole
    kRefused,  // refusal() tells why; nothing more is read from this connection
  };

  explicit RequestParser(const HttpLimits& limits);
  ~RequestParser();

  /// Where the next bytes of the connection go; never empty before kReady and kRefused. For one
  /// Filled().
  std::span<char> Space();
  void Filled(std::size_t bytes);
  State Parse();
  /// Forgets the request that is ready and goes on with the bytes behind it.
  void Next();

  State state() const { return state_; }
  HttpRequest& request() { return request_; }
  const HttpRefusal& refusal() const { return refusal_; }
  /// From kBody on.
  bool keep_alive() const;
  /// Whether keeping the connection must be said: HTTP/1.0 ends it otherwise.
  bool is_http_1_0() const;
  /// True once for a request whose client waits for "100 Continue" before it sends the body.
  bool TakeExpectsContinue();
  /// Bytes behind the current request.
  bool HasMore() const;

 private:
  class Message;  // Beast's parser, one a request
  struct Parts;

  State Refuse(int status, std::string_view text);
  State ParseHeader();
  State CheckIncompleteHeader();
  State StartBody();
  State StartBodyOfLength(std::size_t length);
  State ParseChunks();
  void MakeRoom();
  std::string_view Pending() const;

  const HttpLimits& limits_;
  State state_ = State::kIdle;
  HttpRequest request_;
  HttpRefusal refusal_;
  std::unique_ptr<Parts> parts_;

  // buffer_[begin_, end_): bytes read and not yet used up. While a chunked body arrives, the header
  // stands in front of begin_ and must not move.
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t scanned_ = 0;     // the header's end is not in buffer_[begin_, scanned_)
  std::size_t header_end_ = 0;  // of a request whose body arrives in chunks

  // A body of known length is read straight into request_.body, once its first bytes are copied
  // there.
  std::size_t body_length_ = 0;
  std::size_t body_filled_ = 0;
  bool chunked_ = false;
  bool expects_continue_ = false;
};

}  // namespace pumice
