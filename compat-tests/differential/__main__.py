# SPDX-License-Identifier: Apache-2.0
"""python -m differential --left URL --right URL [--seed N] [--calls N]"""

import argparse
import sys

from differential import known
from differential.endpoint import Endpoint
from differential.run import run
from differential.report import print_report


def main():
    options = argparse.ArgumentParser(prog="differential", description="Plays the same random calls on two endpoints and prints "
                                      "where their answers differ.")
    options.add_argument("--left", required=True, help="URL of the one")
    options.add_argument("--right", required=True, help="URL of the other")
    options.add_argument("--seed", type=int, default=1, help="the same seed plays the same calls")
    options.add_argument("--calls", type=int, default=2000)
    options.add_argument("--known", choices=sorted(known.RULES), help="leave out what docs/differences.md explains about the right side")
    options.add_argument("--no-reduce", action="store_true", help="print the calls as they were found")
    options.add_argument("--only", default="", help="operations and families (items, legacy, partiql, settings, transactions) to "
                         "play, separated by commas")
    options.add_argument("--valid", action="store_true", help="play no calls with mistakes")
    chosen = options.parse_args()
    found = run(Endpoint(chosen.left), Endpoint(chosen.right), seed=chosen.seed, calls=chosen.calls, reduce=not chosen.no_reduce,
                rewrite=known.rewriter(chosen.known), known=lambda shape: known.is_known(chosen.known, shape),
                avoided=lambda call: known.avoided(chosen.known, call), only=set(filter(None, chosen.only.split(","))),
                mistakes=(1, 0, 0) if chosen.valid else (6, 3, 1))
    print_report(found, chosen.left, chosen.right)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
