// SPDX-License-Identifier: Apache-2.0
// Fuzzer for all that reads a request before its JSON is read: HTTP, target, content type,
// signature, codings. The first byte chooses how many bytes arrive at once. Build with
// -DPUMICE_FUZZ=ON and Clang.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "server/auth/authentication.h"
#include "server/cors.h"
#include "server/http/request_parser.h"
#include "server/protocol/compression.h"
#include "server/protocol/target.h"

namespace pumice {
namespace {

void ReadAsTheSpineDoes(HttpRequest& request) {
  (void)ParseTarget(request.Header("x-amz-target"));
  (void)JsonContentType(request.Header("content-type"));
  (void)ChooseCoding(request.Header("accept-encoding"));
  HttpResponse response;
  AddCorsHeaders({}, request, response);
  if (const auto caller = Authenticate(request); !caller) return;
  if (const auto text = Decompress(request.Header("content-encoding"), request.body, 1 << 16);
      !text) {
    return;
  }
}

void ReadConnection(std::string_view bytes, std::size_t step) {
  const HttpLimits limits;
  RequestParser parser(limits);
  while (!bytes.empty()) {
    const auto space = parser.Space();
    const std::size_t size = std::min({step, bytes.size(), space.size()});
    std::memcpy(space.data(), bytes.data(), size);
    parser.Filled(size);
    bytes.remove_prefix(size);
    while (parser.Parse() == RequestParser::State::kReady) {
      ReadAsTheSpineDoes(parser.request());
      parser.Next();
    }
    if (parser.state() == RequestParser::State::kRefused) return;
  }
}

}  // namespace
}  // namespace pumice

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  pumice::ReadConnection(bytes.substr(1), std::size_t{1} + data[0] * 64U);
  return 0;
}
