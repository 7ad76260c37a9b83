// SPDX-License-Identifier: Apache-2.0
#include "server/commands/command.h"

#include <algorithm>
#include <array>

#include "server/commands/bench.h"
#include "server/commands/dump.h"
#include "server/commands/healthcheck.h"
#include "server/commands/load.h"
#include "server/commands/replay.h"
#include "server/commands/tail.h"

namespace pumice {
namespace {

constexpr std::array kCommands = {
    Command{"bench", Bench}, Command{"dump", Dump},     Command{"healthcheck", Healthcheck},
    Command{"load", Load},   Command{"replay", Replay}, Command{"tail", Tail},
};

}  // namespace

std::span<const Command> Commands() { return kCommands; }

const Command* FindCommand(std::string_view name) {
  const auto found = std::find_if(kCommands.begin(), kCommands.end(),
                                  [&](const Command& command) { return command.name == name; });
  return found == kCommands.end() ? nullptr : &*found;
}

}  // namespace pumice
