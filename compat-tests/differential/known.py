# SPDX-License-Identifier: Apache-2.0
"""Differences that docs/differences.md explains, by the server they are differences to, as rewritings of answers."""

RULES = {"dynamodb-local": [], "dynoxide": []}


def rewriter(server):
    rules = RULES.get(server, [])

    def rewrite(call, answer):
        for rule in rules:
            answer = rule(call, answer) if answer is not None else None
        return answer
    return rewrite
