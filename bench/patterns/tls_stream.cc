// SPDX-License-Identifier: Apache-2.0
// TLS with Mbed TLS, not OpenSSL: that one, linked into the server, would have the loader write
// half a megabyte of its tables anew at each start, whether they are used or not.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

#include <fmt/core.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

#include "bench/patterns/byte_stream.h"

namespace pumice::patterns {
namespace {

// Debian's; other systems name theirs with AWS_CA_BUNDLE or SSL_CERT_FILE.
constexpr const char* kCertificates = "/etc/ssl/certs/ca-certificates.crt";

Error TlsError(std::string_view what, int code) {
  char text[160];
  mbedtls_strerror(code, text, sizeof text);
  return Error(ErrorCode::kInternal, fmt::format("TLS: {}: {}", what, text));
}

class TlsStream final : public ByteStream {
 public:
  explicit TlsStream(std::unique_ptr<ByteStream> below) : below_(std::move(below)) {
    mbedtls_ssl_init(&ssl_);
    mbedtls_ssl_config_init(&config_);
    mbedtls_x509_crt_init(&trusted_);
    mbedtls_entropy_init(&entropy_);
    mbedtls_ctr_drbg_init(&random_);
  }
  ~TlsStream() override {
    mbedtls_ssl_free(&ssl_);
    mbedtls_ssl_config_free(&config_);
    mbedtls_x509_crt_free(&trusted_);
    mbedtls_ctr_drbg_free(&random_);
    mbedtls_entropy_free(&entropy_);
  }
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  Result<void> Open(const Endpoint& endpoint) {
    PUMICE_TRY(ReadTrusted());
    mbedtls_ctr_drbg_seed(&random_, mbedtls_entropy_func, &entropy_, nullptr, 0);
    mbedtls_ssl_config_defaults(&config_, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                MBEDTLS_SSL_PRESET_DEFAULT);
    mbedtls_ssl_conf_authmode(&config_, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_ca_chain(&config_, &trusted_, nullptr);
    mbedtls_ssl_conf_rng(&config_, mbedtls_ctr_drbg_random, &random_);
    mbedtls_ssl_conf_min_version(&config_, MBEDTLS_SSL_MAJOR_VERSION_3,
                                 MBEDTLS_SSL_MINOR_VERSION_3);  // TLS 1.2
    if (const int code = mbedtls_ssl_setup(&ssl_, &config_)) return TlsError("setup", code);
    if (const int code = mbedtls_ssl_set_hostname(&ssl_, endpoint.host.c_str())) {
      return TlsError(endpoint.host, code);
    }
    mbedtls_ssl_set_bio(&ssl_, this, SendBelow, ReceiveBelow, nullptr);
    const int code = mbedtls_ssl_handshake(&ssl_);
    if (code == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED) return NotTrusted(endpoint);
    return code == 0 ? Result<void>(Ok()) : Failed(endpoint.host, code);
  }

  Result<void> Write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
      const int sent = mbedtls_ssl_write(&ssl_, from, bytes.size());
      if (sent <= 0) return Failed("sending", sent);
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return Ok();
  }

  Result<std::size_t> Read(std::span<char> into) override {
    const int got =
        mbedtls_ssl_read(&ssl_, reinterpret_cast<unsigned char*>(into.data()), into.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (got == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) return std::size_t{0};
    return Failed("waiting for the answer", got);
  }

 private:
  static int SendBelow(void* self, const unsigned char* bytes, std::size_t size) {
    auto* stream = static_cast<TlsStream*>(self);
    const Result<void> sent = stream->below_->Write({reinterpret_cast<const char*>(bytes), size});
    if (sent) return static_cast<int>(size);
    stream->below_problem_ = sent.error().client_text();
    return MBEDTLS_ERR_NET_SEND_FAILED;
  }

  static int ReceiveBelow(void* self, unsigned char* into, std::size_t size) {
    auto* stream = static_cast<TlsStream*>(self);
    const Result<std::size_t> got = stream->below_->Read({reinterpret_cast<char*>(into), size});
    if (got) return static_cast<int>(got.value());
    stream->below_problem_ = got.error().client_text();
    return MBEDTLS_ERR_NET_RECV_FAILED;
  }

  Error Failed(std::string_view what, int code) {
    if (!below_problem_.empty()) return Error(ErrorCode::kInternal, below_problem_);
    return TlsError(what, code);
  }

  Result<void> ReadTrusted() {
    const char* path = kCertificates;
    for (const char* name : {"SSL_CERT_FILE", "AWS_CA_BUNDLE"}) {
      if (const char* given = std::getenv(name)) path = given;
    }
    if (mbedtls_x509_crt_parse_file(&trusted_, path) >= 0) return Ok();
    return Error(ErrorCode::kInternal,
                 fmt::format("{}: no certificates to trust are read from it; install the package "
                             "ca-certificates, or name a file with AWS_CA_BUNDLE",
                             path));
  }

  Error NotTrusted(const Endpoint& endpoint) {
    char text[512];
    mbedtls_x509_crt_verify_info(text, sizeof text, "", mbedtls_ssl_get_verify_result(&ssl_));
    std::string why(text);
    while (why.ends_with('\n')) why.pop_back();
    return Error(ErrorCode::kInternal,
                 fmt::format("TLS: the certificate of {} is not trusted: {}", endpoint.host, why));
  }

  std::unique_ptr<ByteStream> below_;
  std::string below_problem_;
  mbedtls_ssl_context ssl_;
  mbedtls_ssl_config config_;
  mbedtls_x509_crt trusted_;
  mbedtls_entropy_context entropy_;
  mbedtls_ctr_drbg_context random_;
};

}  // namespace

Result<std::unique_ptr<ByteStream>> OpenTlsStream(const Endpoint& endpoint, const StopFlag& stop) {
  PUMICE_TRY(std::unique_ptr<ByteStream> below, OpenTcpStream(endpoint, stop));
  auto stream = std::make_unique<TlsStream>(std::move(below));
  PUMICE_TRY(stream->Open(endpoint));
  return std::unique_ptr<ByteStream>(std::move(stream));
}

}  // namespace pumice::patterns
