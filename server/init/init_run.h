// SPDX-License-Identifier: Apache-2.0
#pragma once
// --init: the files of a folder, each applied once to a database, in the order of their names,
// before the server listens.

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "server/http/message.h"
#include "server/init/init_file.h"
#include "storage/state_store.h"

namespace pumice {

struct InitPlan {
  std::string folder;
  std::vector<InitFile> files;       // without handlers.json
  std::string handlers;              // the path of handlers.json; "": there is none
  std::vector<std::string> ignored;  // names of files of other kinds
  // Stream functions of templates: the template's path, and what a handlers.json would say.
  std::vector<std::pair<std::string, std::string>> template_handlers;
  std::vector<std::string> warnings;  // of what templates have and Pumice has not

  bool empty() const { return files.empty() && handlers.empty(); }
};

/// `path`: a folder, or one file. Errors: Validation: it cannot be read, or has two files of
/// handlers; of a template's functions.
Result<InitPlan> ReadInitPlan(const std::string& path, const std::string& region);

/// Says what is not read.
void WarnOfIgnored(const InitPlan& plan, Log& log);

struct InitParts {
  RequestHandler& requests;
  StateStore& applied;  // of the database that the requests reach; remembers names and contents
  const Clock& clock;
  Log& log;
  std::string access_key;
  std::string region;
  std::function<bool()> stopped;
};

/// A file of the same name and content as one that was applied to this database is left alone; one
/// that was not finished, or has changed, is applied. Errors: those of CheckFiles, when nothing has
/// been applied yet, and of PlayFile.
Result<void> RunInit(const InitPlan& plan, const InitParts& parts);

}  // namespace pumice
