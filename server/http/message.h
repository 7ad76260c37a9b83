// SPDX-License-Identifier: Apache-2.0
#pragma once
// One HTTP request and its answer, as everything behind the socket sees them. No Beast in here.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pumice {

struct HttpResponse;

/// An answer that is given after Handle has returned. Thread rule: any thread. Lifetime: given or
/// dropped before the HttpServer is destroyed; one that is dropped leaves its client waiting.
class LateAnswer {
 public:
  virtual ~LateAnswer() = default;
  /// Once. `fill` is called on the connection's thread with the response as Handle left it; never,
  /// if the connection has ended by then.
  virtual void Give(std::function<void(HttpResponse&)> fill) = 0;
};

/// What a request is put off with. Implemented by the connection.
class Deferral {
 public:
  virtual ~Deferral() = default;
  /// On the connection's thread, within Handle: nothing is sent when that returns. The requests
  /// behind this one wait.
  virtual std::shared_ptr<LateAnswer> Defer() = 0;
};

/// Views live on the connection's buffers until the answer is written.
struct HttpRequest {
  std::string_view method;
  std::string_view
      path;  // always origin-form: scheme and authority of an absolute-form target are cut off
  std::string_view query;  // behind the '?', without it
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::string body;              // chunks joined; still compressed where Content-Encoding says so
  bool from_loopback = false;    // the client is on this machine
  Deferral* deferral = nullptr;  // null: there is no connection, Handle has to answer

  /// The value of the first header of that name (case-insensitive); empty if there is none.
  std::string_view Header(std::string_view name) const;
  bool HasHeader(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string_view content_type;  // a literal, or a view on the request; empty: no such header
  std::string headers;            // further header lines, each ended by \r\n
  std::string body;
  bool close = false;  // end the connection after this answer
};

/// What a connection calls for each complete request, on its own thread. Implemented by
/// RequestPath.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
  virtual void Handle(HttpRequest& request, HttpResponse& response) = 0;
};

}  // namespace pumice
