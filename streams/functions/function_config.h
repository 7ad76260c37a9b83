// SPDX-License-Identifier: Apache-2.0
#pragma once
// FunctionConfig: what is known of one Lambda function before it runs. Plain values. AWS:
// API_CreateFunction, API_FunctionConfiguration.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace pumice {

/// The credentials and the region that functions are given where nobody says others.
inline constexpr const char* kHandlerAccessKey = "pumice";
inline constexpr const char* kHandlerRegion = "us-east-1";

enum class FunctionRuntime : std::uint8_t {
  kPython,    // "python3" and "python3.*": the interpreter on PATH with Pumice's own bootstrap
  kNode,      // "nodejs*": node on PATH with Pumice's own bootstrap
  kProvided,  // "provided*": the executable file `bootstrap` in code_path
  kHttp,      // no process of ours: each invocation is POSTed to `endpoint`
  kOutside,   // no process of ours: a runtime attaches to the Runtime API at `endpoint`
  kCallback,  // `callback`, for who links Pumice as a library
};

struct Invocation;
struct InvocationOutcome;

/// A function written in C++: what it returns is the invocation's outcome, of which error and
/// payload are read. An exception is a function error. Called on threads that are made for it, at
/// most max_concurrency at once. A time-out is not enforced: nobody can end a thread.
using FunctionCallback = std::function<InvocationOutcome(const Invocation&)>;

struct FunctionConfig {
  std::string name;                                    // FunctionName, without ARN and qualifier
  std::string version = "$LATEST";                     // Version
  FunctionRuntime runtime = FunctionRuntime::kPython;  // Runtime
  std::string runtime_name = {};                       // Runtime as it was written, "python3.12"
  std::string handler = {};                            // Handler
  std::filesystem::path code_path = {};                // folder of the code, absolute
  bool hot_reload = false;    // a change in code_path takes effect with the next invocation
  std::string endpoint = {};  // kHttp: "http://host:port/path"; kOutside: "host:port" to listen on
  std::string webhook_secret = {};  // kHttp: key of the HMAC that signs each body; empty: unsigned
  std::chrono::seconds timeout{3};  // Timeout
  std::int64_t memory_size_mb = 128;  // MemorySize
  bool enforce_memory = false;        // MemorySize limits the process's address space
  std::map<std::string, std::string, std::less<>> variables = {};  // Environment.Variables
  std::vector<std::filesystem::path> layers = {};  // folders, as AWS lays them under /opt
  std::size_t max_concurrency = 10;  // invocations that run at once, so processes, at most
  FunctionCallback callback = {};    // kCallback

  /// How HandlerService names it: "name", or "name:version" for a published version.
  std::string Key() const { return version == "$LATEST" ? name : name + ":" + version; }
};

}  // namespace pumice
