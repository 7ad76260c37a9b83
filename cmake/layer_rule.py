#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The layer rule: which folder may include what. Prints every #include line that breaks it.

    layer_rule.py [root]    exit code 1 if a line breaks the rule
"""

import pathlib
import re
import sys

# Each folder may include itself and what is listed here; deeper folders win over their parents.
OWN = {
    "base": [],
    "model": ["base"],
    "yaml": ["base"],
    "expressions": ["base", "model"],
    "expressions/legacy": ["base", "model", "expressions"],
    "storage": ["base", "model"],
    "streams": ["base", "model", "expressions", "storage"],
    "streams/functions": ["base"],
    "streams/handlers": ["base", "model", "storage", "streams", "streams/functions"],
    "server": ["base", "model", "expressions", "storage", "streams", "streams/functions",
               "streams/handlers", "bench/patterns"],
    "server/http": ["base"],
    "server/auth": ["base", "server/http/message.h"],
    "server/protocol": ["base", "model", "server/http/message.h"],
    "server/init": ["base", "storage/database.h", "storage/state_store.h", "server/http/message.h",
                    "yaml"],
    "server/lambda": ["base", "model/attribute_json.h", "storage/database.h", "storage/databases.h", "storage/state_store.h",
                      "streams", "streams/functions", "streams/handlers",
                      "server/http/message.h"],
    "server/operations": ["base", "model", "expressions", "expressions/legacy", "storage", "streams",
                          "server/protocol"],
    "bench": ["base", "model", "expressions", "storage", "streams", "server", "server/http",
              "server/protocol"],
    "bench/patterns": ["base", "model", "yaml"],
}

# Heavy libraries live in one folder each.
LIBRARIES = {
    r"rocksdb/": ["storage/rocks"],
    r"boost/(beast|asio)": ["server/http", "streams/functions", "streams/handlers", "bench"],
    r"simdjson": ["server/protocol"],
    r"spdlog/": ["base"],
    r"CLI/": ["server", "bench"],
    r"zlib\.h|libdeflate\.h": ["server/protocol"],
    r"mbedtls/": ["bench/patterns", "server/lambda", "streams/functions"],
    r"minizip/": ["server/lambda"],
    r"yaml-cpp/": ["yaml"],
    r"openssl/": ["server/auth", "server/http", "streams/functions", "streams/handlers"],
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def folder_of(path, folders):
    """The deepest of `folders` that `path` stands in; "" if in none."""
    inside = [f for f in folders if path == f or path.startswith(f + "/")]
    return max(inside, key=len, default="")


def breaks_own(source, included):
    home = folder_of(source, OWN)
    target = folder_of(included, OWN)
    if not target or target == home:
        return False
    # server/main.cc and its neighbours compose the folders below server/.
    if home == "server" and target.startswith("server/"):
        return False
    return not any(target == allowed or included == allowed for allowed in OWN[home])


def breaks_libraries(source, included):
    return any(
        re.match(pattern, included) and not folder_of(source, homes)
        for pattern, homes in LIBRARIES.items()
    )


def broken_lines(root):
    for folder in sorted({name.split("/")[0] for name in OWN}):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in (".h", ".cc"):
                continue
            source = path.relative_to(root).as_posix()
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                match = INCLUDE.match(line)
                if not match:
                    continue
                quoted, included = match[1] == '"', match[2]
                if breaks_own(source, included) if quoted else breaks_libraries(source, included):
                    yield f"{source}:{number}: {line.strip()}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    broken = list(broken_lines(root))
    for line in broken:
        print(line)
    if broken:
        print(f"{len(broken)} include lines break the layer rule (cmake/layer_rule.py)")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
