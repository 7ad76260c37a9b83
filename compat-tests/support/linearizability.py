# SPDX-License-Identifier: Apache-2.0
"""Whether a recorded concurrent history could have been: is there an order of all operations, one after the other, in which
each is answered as it was, and which agrees with real time (what ended before another began comes first)?

An exhaustive search after Wing and Gong, with Lowe's memory of the places it has been at. Each client does one operation at
a time, so a place in the search is how far each client has come, and the state there.
"""

from dataclasses import dataclass
from typing import Any, Callable


@dataclass(frozen=True)
class Operation:
    """One call: when it began and ended (any clock, one for all clients), and what it means: apply(state) gives the state
    after it, or None where the answer could not have been given in that state. States are hashable."""
    began: int
    ended: int
    apply: Callable[[Any], Any]
    text: str = ""


def is_linearizable(clients, initial):
    """clients: one list of operations each, in the order in which the client did them."""
    start = (0,) * len(clients)
    pending, seen = [(start, initial)], {(start, initial)}
    while pending:
        done, state = pending.pop()
        ahead = [(client, clients[client][count]) for client, count in enumerate(done) if count < len(clients[client])]
        if not ahead:
            return True
        first_end = min(operation.ended for _, operation in ahead)
        for client, operation in ahead:
            if operation.began > first_end:
                continue
            after = operation.apply(state)
            if after is None:
                continue
            place = (*done[:client], done[client] + 1, *done[client + 1:]), after
            if place not in seen:
                seen.add(place)
                pending.append(place)
    return False
