// SPDX-License-Identifier: Apache-2.0
#include "server/protocol/compression.h"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <utility>

namespace pumice {
namespace {

constexpr std::size_t kInflateStep = 64 * 1024;
constexpr int kGzipWindow = 15 + 16;  // zlib's code for "gzip header"
constexpr int kZlibWindow = 15;
constexpr int kAnswerLevel = 3;  // answers are compressed while the client waits

std::string_view Trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return lower;
}

Error BadCoding(std::string log_text) {
  return Error(ErrorCode::kInternal, "The request body cannot be decompressed.",
               std::move(log_text));
}

class Inflater {
 public:
  explicit Inflater(int window) : ready_(inflateInit2(&stream_, window) == Z_OK) {}
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  bool ready() const { return ready_; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
  bool ready_;
};

/// All members (of gzip; deflate has one) from `in`. More than max_bytes is cut to one byte more
/// than that.
Result<std::string> Inflate(std::string_view in, int window, std::size_t max_bytes) {
  Inflater inflater(window);
  if (!inflater.ready()) return Error(ErrorCode::kInternal, "", "zlib: out of memory");
  z_stream& stream = inflater.stream();
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
  stream.avail_in = static_cast<uInt>(in.size());
  std::string out;
  for (;;) {
    const std::size_t before = out.size();
    const std::size_t step = std::min(kInflateStep, max_bytes + 1 - before);
    out.resize(before + step);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = static_cast<uInt>(step);
    const int status = inflate(&stream, Z_NO_FLUSH);
    out.resize(before + step - stream.avail_out);
    if (out.size() > max_bytes) return out;
    if (status == Z_STREAM_END) {
      if (stream.avail_in == 0) return out;
      if (window != kGzipWindow || inflateReset(&stream) != Z_OK)
        return BadCoding("bytes follow the end");
    } else if (status != Z_OK) {
      return BadCoding(stream.msg == nullptr ? "the data ends early" : stream.msg);
    }
  }
}

struct DeleteCompressor {
  void operator()(libdeflate_compressor* compressor) const {
    libdeflate_free_compressor(compressor);
  }
};

libdeflate_compressor* ThreadCompressor() {
  thread_local const std::unique_ptr<libdeflate_compressor, DeleteCompressor> compressor(
      libdeflate_alloc_compressor(kAnswerLevel));
  return compressor.get();
}

/// "gzip;q=0.5" -> gzip, 500. A q that is none counts as 0.
std::pair<std::string, int> ParseCoding(std::string_view entry) {
  const auto semicolon = entry.find(';');
  std::string name = Lower(Trimmed(entry.substr(0, semicolon)));
  if (semicolon == std::string_view::npos) return {std::move(name), 1000};
  const std::string parameter = Lower(Trimmed(entry.substr(semicolon + 1)));
  if (!parameter.starts_with("q=")) return {std::move(name), 1000};
  double q = 0;
  std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(), q);
  return {std::move(name), static_cast<int>(std::clamp(q, 0.0, 1.0) * 1000)};
}

}  // namespace

Result<void> Decompress(std::string_view content_encoding, std::string& body,
                        std::size_t max_bytes) {
  const std::string coding = Lower(Trimmed(content_encoding));
  if (coding.empty() || coding == "identity") return Ok();
  if (coding != "gzip" && coding != "deflate") {
    return BadCoding("unknown Content-Encoding: " + coding);
  }
  PUMICE_TRY(std::string text,
             Inflate(body, coding == "gzip" ? kGzipWindow : kZlibWindow, max_bytes));
  if (text.size() > max_bytes) return Error(ErrorCode::kRequestTooLarge);
  body = std::move(text);
  return Ok();
}

ContentCoding ChooseCoding(std::string_view accept_encoding) {
  std::optional<int> gzip;
  std::optional<int> deflate;
  int any = 0;
  int identity = 0;
  while (!accept_encoding.empty()) {
    const auto comma = accept_encoding.find(',');
    const auto [name, quality] = ParseCoding(accept_encoding.substr(0, comma));
    if (name == "gzip") gzip = quality;
    if (name == "deflate") deflate = quality;
    if (name == "*") any = quality;
    if (name == "identity") identity = quality;
    if (comma == std::string_view::npos) break;
    accept_encoding.remove_prefix(comma + 1);
  }
  const int gzip_quality = gzip.value_or(any);
  const int deflate_quality = deflate.value_or(any);
  const int best = std::max(gzip_quality, deflate_quality);
  if (best == 0 || best < identity) return ContentCoding::kIdentity;
  return gzip_quality == best ? ContentCoding::kGzip : ContentCoding::kDeflate;
}

std::string Compress(ContentCoding coding, std::string_view text) {
  libdeflate_compressor* compressor = ThreadCompressor();
  const bool gzip = coding == ContentCoding::kGzip;
  const auto bound = gzip ? libdeflate_gzip_compress_bound : libdeflate_zlib_compress_bound;
  const auto compress = gzip ? libdeflate_gzip_compress : libdeflate_zlib_compress;
  std::string out(bound(compressor, text.size()), '\0');
  out.resize(compress(compressor, text.data(), text.size(), out.data(), out.size()));
  return out;
}

std::uint32_t Crc32(std::string_view bytes) {
  return libdeflate_crc32(0, bytes.data(), bytes.size());
}

}  // namespace pumice
