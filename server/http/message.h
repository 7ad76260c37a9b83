// SPDX-License-Identifier: Apache-2.0
#pragma once
// One HTTP request and its answer, as everything behind the socket sees them. No Beast in here.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pumice {

/// Views live on the connection's buffers until the answer is written.
struct HttpRequest {
  std::string_view method;
  std::string_view
      path;  // always origin-form: scheme and authority of an absolute-form target are cut off
  std::string_view query;  // behind the '?', without it
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::string body;  // chunks joined; still compressed where Content-Encoding says so

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
