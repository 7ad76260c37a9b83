# SPDX-License-Identifier: Apache-2.0
"""Single writes, single reads and transactions of several clients on few items, all at once: what they are answered must be
explainable by one order of all of them. (AWS: "Amazon DynamoDB Transactions: How it works", serializable isolation.)"""

import random
import threading
import time

import pytest
from botocore.exceptions import ClientError

from support.linearizability import Operation, is_linearizable
from support.tables import random_key
from support.values import S

ITEMS = 4
CLIENTS = 6
CALLS = 150
ABSENT = ""

# --- What the calls mean: a state is a tuple of one value an item ----------------------------------


def reads(values):
    """values: {item: value seen}."""
    return lambda state: state if all(state[item] == value for item, value in values.items()) else None


def swaps(item, seen, value):
    """The item had the value that was seen, and has this one now."""
    return lambda state: writes({item: value})(state) if state[item] == seen else None


def writes(values, expected=None, succeeded=True):
    """All values are written if all expected ones are there, else nothing is; succeeded: what was answered."""
    def apply(state):
        holds = all(state[item] == value for item, value in (expected or {}).items())
        if holds != succeeded:
            return None
        return tuple(values.get(item, value) for item, value in enumerate(state)) if succeeded else state
    return apply


# --- The checker itself ----------------------------------------------------------------------------


def operation(began, ended, apply):
    return Operation(began, ended, apply)


EMPTY = (ABSENT, ABSENT)

# name -> (history, whether it can be explained)
HISTORIES = {
    "one after the other": ([[operation(0, 1, writes({0: "a"})), operation(2, 3, reads({0: "a"}))]], True),
    "a stale read": ([[operation(0, 1, writes({0: "a"}))], [operation(2, 3, reads({0: ABSENT}))]], False),
    "an old value while the write is under way": ([[operation(0, 9, writes({0: "a"}))], [operation(1, 2, reads({0: ABSENT}))]], True),
    "a value that goes away again": ([[operation(0, 9, writes({0: "a"}))],
                                      [operation(1, 2, reads({0: "a"})), operation(3, 4, reads({0: ABSENT}))]], False),
    "half a transaction": ([[operation(0, 9, writes({0: "a", 1: "a"}))], [operation(1, 2, reads({0: "a", 1: ABSENT}))]], False),
    "a transaction seen in two orders": ([[operation(0, 9, writes({0: "a"}))], [operation(0, 9, writes({1: "b"}))],
                                          [operation(1, 8, reads({0: "a", 1: ABSENT}))],
                                          [operation(1, 8, reads({0: ABSENT, 1: "b"}))]], False),
    "a lost update": ([[operation(0, 9, writes({0: "a"}, {0: ABSENT}))], [operation(0, 9, writes({0: "b"}, {0: ABSENT}))]], False),
    "two conditional writes, one refused": ([[operation(0, 9, writes({0: "a"}, {0: ABSENT}))],
                                             [operation(0, 9, writes({0: "b"}, {0: ABSENT}, succeeded=False))]], True),
    "refused without a reason": ([[operation(0, 1, writes({0: "a"}, {0: ABSENT}, succeeded=False))]], False),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_the_checker_tells_possible_from_impossible(name):
    history, possible = HISTORIES[name]
    assert is_linearizable(history, EMPTY) is possible


# --- The clients -----------------------------------------------------------------------------------


class Client(threading.Thread):
    """Does random calls and records them. Values are unique, so that each read tells which write it saw."""

    def __init__(self, number, ddb, table, keys):
        super().__init__()
        self.ddb, self.table, self.keys, self.number = ddb, table, keys, number
        self.random = random.Random(number)
        self.history, self.conflicts, self.problem = [], 0, None
        self.count = 0

    def run(self):
        calls = [self.get, self.put, self.put_if, self.swap, self.take, self.transact_get, self.transact_write, self.transact_if]
        try:
            for _ in range(CALLS):
                self.random.choice(calls)()
        except Exception as problem:  # told by the test
            self.problem = problem

    def value(self):
        self.count += 1
        return f"{self.number}.{self.count}"

    def some_items(self):
        return self.random.sample(range(ITEMS), self.random.randint(2, 3))

    def record(self, call, meaning, failing=None):
        """Calls, and records what the answer means. failing: what it means if the condition failed. Who meets a transaction
        changed nothing and learnt nothing, so that is not recorded."""
        began = time.monotonic_ns()
        try:
            answer = call()
        except ClientError as error:
            ended = time.monotonic_ns()
            codes = {reason["Code"] for reason in error.response.get("CancellationReasons", [])}
            code = error.response["Error"]["Code"]
            if code == "TransactionConflictException" or "TransactionConflict" in codes:
                self.conflicts += 1
            elif code == "ConditionalCheckFailedException" or codes and codes <= {"None", "ConditionalCheckFailed"}:
                self.history.append(Operation(began, ended, failing))
            else:
                raise
        else:
            self.history.append(Operation(began, time.monotonic_ns(), meaning(answer)))

    def item(self, position, value):
        return {**self.keys[position], "v": S(value)}

    @staticmethod
    def seen(answer):
        return answer["Item"]["v"]["S"] if "Item" in answer else ABSENT

    @staticmethod
    def old(answer):
        return answer["Attributes"]["v"]["S"] if "Attributes" in answer else ABSENT

    def condition(self, position, expected):
        if expected == ABSENT:
            return {"ConditionExpression": "attribute_not_exists(pk)"}
        return {"ConditionExpression": "v = :v", "ExpressionAttributeValues": {":v": S(expected)}}

    def get(self):
        position = self.random.randrange(ITEMS)
        self.record(lambda: self.ddb.get_item(TableName=self.table, Key=self.keys[position], ConsistentRead=True),
                    lambda answer: reads({position: self.seen(answer)}))

    def put(self):
        position, value = self.random.randrange(ITEMS), self.value()
        self.record(lambda: self.ddb.put_item(TableName=self.table, Item=self.item(position, value)),
                    lambda _: writes({position: value}))

    def last_seen(self, position):
        answer = {}
        self.record(lambda: answer.update(self.ddb.get_item(TableName=self.table, Key=self.keys[position], ConsistentRead=True)),
                    lambda _: reads({position: self.seen(answer)}))
        return self.seen(answer)

    def put_if(self):
        position, value = self.random.randrange(ITEMS), self.value()
        expected = self.last_seen(position)
        self.record(lambda: self.ddb.put_item(TableName=self.table, Item=self.item(position, value), **self.condition(position, expected)),
                    lambda _: writes({position: value}, {position: expected}),
                    writes({position: value}, {position: expected}, succeeded=False))

    def swap(self):
        position, value = self.random.randrange(ITEMS), self.value()
        self.record(lambda: self.ddb.update_item(TableName=self.table, Key=self.keys[position], UpdateExpression="SET v = :v",
                                                 ExpressionAttributeValues={":v": S(value)}, ReturnValues="ALL_OLD"),
                    lambda answer: swaps(position, self.old(answer), value))

    def take(self):
        position = self.random.randrange(ITEMS)
        self.record(lambda: self.ddb.delete_item(TableName=self.table, Key=self.keys[position], ReturnValues="ALL_OLD"),
                    lambda answer: swaps(position, self.old(answer), ABSENT))

    def transact_get(self):
        items = self.some_items()
        self.record(lambda: self.ddb.transact_get_items(TransactItems=[{"Get": {"TableName": self.table, "Key": self.keys[i]}} for i in items]),
                    lambda answer: reads({i: self.seen(each) for i, each in zip(items, answer["Responses"])}))

    def transact_write(self):
        values = {i: self.value() for i in self.some_items()}
        actions = [{"Put": {"TableName": self.table, "Item": self.item(i, value)}} for i, value in values.items()]
        self.record(lambda: self.ddb.transact_write_items(TransactItems=actions), lambda _: writes(values))

    def transact_if(self):
        """Checks one item and writes others."""
        checked, *written = self.some_items()
        expected, values = self.last_seen(checked), {i: self.value() for i in written}
        actions = [{"ConditionCheck": {"TableName": self.table, "Key": self.keys[checked], **self.condition(checked, expected)}}]
        actions += [{"Put": {"TableName": self.table, "Item": self.item(i, value)}} for i, value in values.items()]
        self.record(lambda: self.ddb.transact_write_items(TransactItems=actions),
                    lambda _: writes(values, {checked: expected}),
                    writes(values, {checked: expected}, succeeded=False))


@pytest.fixture(scope="module")
def clients(session, endpoint, ddb, range_table):
    keys = [{"pk": S(random_key()), "sk": S("x")} for _ in range(ITEMS)]
    clients = [Client(number, ddb, range_table, keys) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return clients


def test_what_clients_see_can_be_explained(clients):
    assert [client.problem for client in clients] == [None] * CLIENTS
    assert is_linearizable([client.history for client in clients], (ABSENT,) * ITEMS)


# The recorded history must be one in which the checker would have seen a mistake: here one value is seen in two
# items, after all else is done.
def test_a_mistake_in_that_history_would_be_seen(clients):
    histories = [list(client.history) for client in clients]
    assert all(len(history) > CALLS / 2 for history in histories)
    end = max(history[-1].ended for history in histories)
    histories[0].append(Operation(end + 1, end + 2, reads({0: "0.1", 1: "0.1"})))
    assert not is_linearizable(histories, (ABSENT,) * ITEMS)
