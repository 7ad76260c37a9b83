# SPDX-License-Identifier: Apache-2.0
"""ExecuteTransaction: all statements or none, reads or writes."""

import uuid

import pytest

from support.errors import NOT_A_NUMBER, NOT_FOUND, invalid, refused
from support.values import N

IN_FIRST = "Validation failed in TransactStatements[0]: "


@pytest.fixture
def run(ddb, on_pair):
    """run(statements with {t} and {pk}, ...) -> the answer."""
    def call(*statements, **more):
        return ddb.execute_transaction(TransactStatements=on_pair(*statements), **more)
    return call


def test_reads(run):
    answer = run("SELECT n FROM {t} WHERE {pk} AND sk = '1'", "SELECT * FROM {t} WHERE {pk} AND sk = 'none'")
    assert answer["Responses"] == [{"Item": {"n": N(1)}}, {}]


# Writes answer no entries at all.
def test_writes(run):
    answer = run("EXISTS(SELECT * FROM {t} WHERE {pk} AND sk = '1' AND n = 1)", "UPDATE {t} SET n = 5 WHERE {pk} AND sk = '2'",
                 "DELETE FROM {t} WHERE {pk} AND sk = 'none' AND n = 1", "INSERT INTO {t} VALUE {{'pk': '{key}', 'sk': '3'}}")
    assert answer["Responses"] == []
    assert run("SELECT n FROM {t} WHERE {pk} AND sk = '2'")["Responses"] == [{"Item": {"n": N(5)}}]


def test_one_refusal_refuses_all(run):
    with refused("TransactionCanceledException", "Transaction cancelled, please refer cancellation reasons for specific reasons "
                                                 "[None, DuplicateItem, ConditionalCheckFailed]"):
        run("UPDATE {t} SET n = 6 WHERE {pk} AND sk = '2'", "INSERT INTO {t} VALUE {{'pk': '{key}', 'sk': '1'}}",
            "UPDATE {t} SET n = 6 WHERE {pk} AND sk = 'none'")
    assert run("SELECT n FROM {t} WHERE {pk} AND sk = '2'")["Responses"] == [{"Item": {"n": N(2)}}]


def test_a_token_makes_it_happen_once(run, range_table):
    def add_one():
        return run("UPDATE {t} SET n = n + 1 WHERE {pk} AND sk = '1'", ClientRequestToken=token,
                   ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"]
    token = uuid.uuid4().hex
    assert add_one() == [{"TableName": range_table, "CapacityUnits": 2.0, "WriteCapacityUnits": 2.0}]
    assert add_one() == [{"TableName": range_table, "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}]
    assert run("SELECT n FROM {t} WHERE {pk} AND sk = '1'")["Responses"] == [{"Item": {"n": N(2)}}]


REFUSED = {
    "RETURNING": (["DELETE FROM {t} WHERE {pk} AND sk = '1' RETURNING ALL OLD *"],
                  IN_FIRST + "RETURNING clause is not supported in ExecuteTransaction."),
    "an index": (["SELECT * FROM {t}.i WHERE {pk}"], IN_FIRST + "Reads on indices are not supported within transactions."),
    "not the whole key": (["SELECT * FROM {t} WHERE {pk}"], IN_FIRST + "Select statements within ExecuteTransaction must "
                                                            "specify the primary key in the where clause."),
    "the grammar": (["DELETE FROM {t} WHERE {pk} AND sk = '1'", "DELETE FROM"],
                    "Validation failed in TransactStatements[1]: Statement wasn't well formed, can't be processed: "
                    "Expected identifier for simple path"),
    "a read beside a write": (["SELECT * FROM {t} WHERE {pk} AND sk = '1'", "DELETE FROM {t} WHERE {pk} AND sk = '2'"],
                              "ExecuteTransaction API does not support both read and write operations in the same request."),
    "one item twice": (["DELETE FROM {t} WHERE {pk} AND sk = '1'", "UPDATE {t} SET n = 1 WHERE {pk} AND sk = '1'"],
                       "Transaction request cannot include multiple operations on one item"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(run, case):
    statements, text = REFUSED[case]
    with invalid(text):
        run(*statements)


# Parameters belong to no statement in the texts (measured on AWS).
def test_a_bad_parameter(ddb):
    with invalid(NOT_A_NUMBER + ": abc"):
        ddb.execute_transaction(TransactStatements=[{"Statement": "SELECT * FROM no_such_table WHERE pk = ?",
                                                     "Parameters": [N("abc")]}])


def test_unknown_table(ddb):
    with refused("ResourceNotFoundException", NOT_FOUND):
        ddb.execute_transaction(TransactStatements=[{"Statement": "DELETE FROM no_such_table WHERE pk = 'a'"}])
