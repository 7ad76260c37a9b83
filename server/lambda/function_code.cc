// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/function_code.h"

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#include "model/attribute_json.h"
#include "server/lambda/digest.h"
#include "server/lambda/zip_folder.h"
#include "streams/functions/code_uri.h"

namespace pumice {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::string_view kEmptyZip = "PK\5\6";       // its end, and nothing before it
constexpr std::string_view kHotReload = "hot-reload";  // as LocalStack's users write it

std::string Member(const json& members, const char* name) {
  const auto found = members.find(name);
  return found != members.end() && found->is_string() ? found->get<std::string>() : std::string();
}

CodeRequest Elsewhere(FunctionCode code) {
  CodeRequest request;
  request.found.sha256 = Sha256Base64(code.uri);
  request.found.code = std::move(code);
  return request;
}

LambdaResult<CodeRequest> ReadZip(const std::string& base64) {
  auto zip = DecodeBase64(base64);
  if (!zip) {
    return LambdaError(kSerialization, "ZipFile must be the bytes of a zip file in base64");
  }
  if (zip->empty() || zip->starts_with(kEmptyZip))
    return InvalidParameter("Uploaded file must be a non-empty zip");
  if (zip->size() > kMaxZippedBytes) {
    return LambdaError(
        kRequestTooLarge,
        fmt::format("The zip file has {} bytes; at most {} can be sent. A larger one can stay in a "
                    "folder: S3Bucket=hot-reload,S3Key=/the/folder",
                    zip->size(), kMaxZippedBytes));
  }
  CodeRequest request;
  request.found.sha256 = Sha256Base64(*zip);
  request.found.size_bytes = zip->size();
  request.zip = *std::move(zip);
  return request;
}

LambdaResult<CodeRequest> ReadFolder(const std::string& path, std::string uri) {
  std::error_code ignored;
  const fs::path folder = fs::path(path).lexically_normal();
  if (!folder.is_absolute() || !fs::is_directory(folder, ignored)) {
    return InvalidParameter(fmt::format(
        "There is no folder \"{}\" where the server runs; give the absolute path of one", path));
  }
  return Elsewhere({.kind = FunctionCode::Kind::kFolder, .place = folder, .uri = std::move(uri)});
}

LambdaResult<CodeRequest> ReadImageUri(const std::string& text) {
  if (!IsCodeUri(text)) {
    return InvalidParameter(fmt::format(
        "Pumice runs no container images, and \"{}\" is none of the places that it knows: "
        "file:///folder (code there, read again when it changes), http://host:port/path (each "
        "event is POSTed there), runtime://host:port (a runtime attaches there)",
        text));
  }
  const Result<CodeUri> uri = ParseCodeUri(text);
  if (!uri) return InvalidParameter("ImageUri " + uri.error().client_text());
  switch (uri.value().kind) {
    case CodeUri::Kind::kHttp:
      return Elsewhere(
          {.kind = FunctionCode::Kind::kHttp, .place = uri.value().endpoint, .uri = text});
    case CodeUri::Kind::kRuntime:
      return Elsewhere(
          {.kind = FunctionCode::Kind::kOutside, .place = uri.value().endpoint, .uri = text});
    case CodeUri::Kind::kFolder: break;
  }
  return ReadFolder(uri.value().folder, text);
}

}  // namespace

LambdaResult<CodeRequest> ReadCode(const json& members) {
  if (members.is_object()) {
    if (const std::string zip = Member(members, "ZipFile"); members.contains("ZipFile")) {
      return ReadZip(zip);
    }
    if (const std::string uri = Member(members, "ImageUri"); !uri.empty()) return ReadImageUri(uri);
    const std::string bucket = Member(members, "S3Bucket");
    if (bucket == kHotReload) {
      const std::string key = Member(members, "S3Key");
      return ReadFolder(key, fmt::format("s3://{}/{}", bucket, key));
    }
    if (!bucket.empty()) {
      return InvalidParameter(fmt::format(
          "Pumice has no S3, so no bucket \"{}\": give ZipFile, or S3Bucket=hot-reload with an "
          "absolute folder as S3Key",
          bucket));
    }
  }
  return InvalidParameter("Please provide a source for function code.");
}

LambdaResult<NewCode> KeepPackage(CodeRequest request, CodeStore& store) {
  if (request.found.code.kind == FunctionCode::Kind::kPackage) {
    PUMICE_TRY(request.found.code.place, store.Add(request.zip));
  }
  return std::move(request.found);
}

void CompleteForFolder(const FunctionCode& code, json& configuration) {
  if (code.kind != FunctionCode::Kind::kFolder) return;
  std::error_code ignored;
  const fs::path folder(code.place);
  if (!configuration.contains("Handler")) {
    const json image = configuration.value("ImageConfigResponse", json::object());
    const json command = image.value("ImageConfig", json::object()).value("Command", json::array());
    if (!command.empty() && command[0].is_string()) configuration["Handler"] = command[0];
  }
  if (configuration.contains("Runtime")) return;
  const std::string handler = configuration.value("Handler", "");
  const std::string module = handler.substr(0, handler.rfind('.'));
  const auto has = [&](std::string_view ending) {
    return fs::is_regular_file(folder / (module + std::string(ending)), ignored);
  };
  if (fs::is_regular_file(folder / "bootstrap", ignored)) {
    configuration["Runtime"] = "provided.al2023";
  } else if (has(".py")) {
    configuration["Runtime"] = "python3.13";
  } else if (has(".mjs") || has(".js") || has(".cjs")) {
    configuration["Runtime"] = "nodejs22.x";
  }
}

}  // namespace pumice
