// SPDX-License-Identifier: Apache-2.0
#pragma once
// LayerStore: the layers of one database, and the folders where their versions are unpacked.
//   name:  lambda/layer/<name>
//   value: {"next_version":2,"versions":{"1":{…GetLayerVersion's answer, "package":"<id>"}},
//           "deleted":{…}}
// Thread rule: one thread. Lifetime: the store and the packages outlive it.

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "server/lambda/code_store.h"
#include "server/lambda/lambda_call.h"
#include "storage/state_store.h"

namespace pumice {

class LayerStore {
 public:
  /// The document of each layer, by name.
  using Layers = std::map<std::string, nlohmann::json, std::less<>>;

  LayerStore(StateStore& state, CodeStore& code) : state_(state), code_(code) {}

  /// Errors: Service (disk; a document that cannot be read).
  LambdaResult<void> Load();
  const Layers& all() const { return layers_; }

  /// A version by its number, or by its ARN; null: there is none.
  const nlohmann::json* Find(std::string_view name, std::string_view version) const;
  const nlohmann::json* FindArn(std::string_view arn) const;
  /// Of a version's ARN, or file:///folder; empty: there is none.
  std::filesystem::path FolderOf(const std::string& arn) const;

  /// Errors: Service (disk); nothing has changed then.
  LambdaResult<void> Put(const std::string& name, nlohmann::json layer);

 private:
  const nlohmann::json* FindKept(std::string_view arn) const;

  StateStore& state_;
  CodeStore& code_;
  Layers layers_;
};

/// A layer's name, of itself or of an ARN: "arn:aws:lambda:r:a:layer:<name>[:<version>]".
struct LayerName {
  std::string name;
  std::string version = {};
};
LayerName ParseLayerName(std::string_view text);

}  // namespace pumice
