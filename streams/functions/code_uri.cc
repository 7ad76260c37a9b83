// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/code_uri.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/percent_decode.h"

namespace pumice {
namespace {

constexpr std::string_view kFile = "file://";
constexpr std::string_view kHttp = "http://";
constexpr std::string_view kHttps = "https://";
constexpr std::string_view kRuntime = "runtime://";

Error Mistake(std::string text) { return Error(ErrorCode::kValidation, std::move(text)); }

bool IsPort(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port <= 65'535;
}

bool IsHost(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c > ' ' && c < 0x7f && c != '@' && c != '[' && c != ']';
  });
}

/// "host:port", "host", "[::1]:port". None: it is none of these.
std::optional<HttpEndpoint> SplitAuthority(std::string_view text) {
  HttpEndpoint out;
  std::size_t end = std::min(text.find(':'), text.size());
  if (text.starts_with('[')) {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos) return std::nullopt;
    out.host = text.substr(1, bracket - 1);
    end = bracket + 1;
  } else {
    out.host = text.substr(0, end);
  }
  const std::string_view rest = text.substr(end);
  if (!IsHost(out.host) || (!rest.empty() && rest.front() != ':')) return std::nullopt;
  if (!rest.empty() && !IsPort(rest.substr(1))) return std::nullopt;
  if (!rest.empty()) out.port = rest.substr(1);
  return out;
}

Result<CodeUri> ParseFolder(std::string_view text) {
  if (text.empty()) return Mistake("must name a folder behind file://, as in file:///home/me/code");
  return CodeUri{.kind = CodeUri::Kind::kFolder, .folder = PercentDecode(text)};
}

}  // namespace

bool IsCodeUri(std::string_view text) {
  return text.starts_with(kFile) || text.starts_with(kHttp) || text.starts_with(kHttps) ||
         text.starts_with(kRuntime);
}

Result<CodeUri> ParseCodeUri(std::string_view text) {
  if (text.starts_with(kFile)) return ParseFolder(text.substr(kFile.size()));
  if (text.starts_with(kRuntime)) {
    const std::string_view address = text.substr(kRuntime.size());
    PUMICE_TRY(const HttpEndpoint parsed, ParseListenAddress(address));
    if (parsed.port == "0") return Mistake("must name a port from 1 to 65535");
    return CodeUri{.kind = CodeUri::Kind::kRuntime, .endpoint = std::string(address)};
  }
  if (text.starts_with(kHttp) || text.starts_with(kHttps)) {
    PUMICE_TRY(ParseHttpEndpoint(text));
    return CodeUri{.kind = CodeUri::Kind::kHttp, .endpoint = std::string(text)};
  }
  return Mistake(fmt::format(
      R"(is "{}"; it must be file:///folder, http://host:port/path or runtime://host:port)", text));
}

void ApplyCodeUri(const CodeUri& uri, FunctionConfig& function) {
  switch (uri.kind) {
    case CodeUri::Kind::kFolder:
      function.code_path = uri.folder;
      function.hot_reload = true;
      return;
    case CodeUri::Kind::kHttp: function.runtime = FunctionRuntime::kHttp; break;
    case CodeUri::Kind::kRuntime: function.runtime = FunctionRuntime::kOutside; break;
  }
  function.endpoint = uri.endpoint;
}

Result<HttpEndpoint> ParseHttpEndpoint(std::string_view text) {
  if (text.starts_with(kHttps)) {
    return Mistake(fmt::format(
        R"(is "{}"; only http:// is supported: name the http address behind the TLS proxy)", text));
  }
  if (!text.starts_with(kHttp))
    return Mistake(fmt::format(R"(is "{}"; it must be http://…)", text));
  const std::string_view rest = text.substr(kHttp.size());
  const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  auto parsed = SplitAuthority(rest.substr(0, end));
  const std::string_view target = rest.substr(end, rest.find('#') - end);
  const bool plain = std::all_of(target.begin(), target.end(),
                                 [](unsigned char c) { return c > ' ' && c < 0x7f; });
  if (!parsed || !plain) {
    return Mistake(fmt::format(R"(is "{}"; it must be http://host:port/path)", text));
  }
  if (parsed->port.empty()) parsed->port = "80";
  parsed->target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
  return *std::move(parsed);
}

Result<HttpEndpoint> ParseListenAddress(std::string_view text) {
  auto parsed = SplitAuthority(text);
  if (!parsed || parsed->port.empty()) {
    return Mistake(fmt::format(
        R"(is "{}"; it must be an address of this machine and a port, as in 127.0.0.1:9001)",
        text));
  }
  parsed->target.clear();
  return *std::move(parsed);
}

}  // namespace pumice
