# SPDX-License-Identifier: Apache-2.0
"""BatchExecuteStatement: each member answers for itself."""

import pytest

from support.errors import CONDITION_FAILED, ENV, FSC, NOT_FOUND, invalid
from support.values import N

ONLY_KEY = "Select statements within BatchExecuteStatement must specify the primary key in the where clause."


@pytest.fixture
def run(ddb, on_pair):
    """run(statements with {t} and {pk}, ...) -> the answer."""
    def call(*statements, **more):
        return ddb.batch_execute_statement(Statements=on_pair(*statements), **more)
    return call


def test_reads(run, range_table):
    answer = run("SELECT n FROM {t} WHERE {pk} AND sk = '2'", "SELECT * FROM {t} WHERE {pk} AND sk = 'none'",
                 "SLECT * FROM {t}", "SELECT * FROM no_such_table WHERE {pk}")
    assert answer["Responses"] == [
        {"TableName": range_table, "Item": {"n": N(2)}},
        {"TableName": range_table},
        {"Error": {"Code": "ValidationError",
                   "Message": "Statement wasn't well formed, can't be processed: Expected data manipulation"}},
        {"Error": {"Code": "ResourceNotFound", "Message": NOT_FOUND}}]


# A member that reached its table names it, whatever became of it.
def test_writes(run, range_table):
    answer = run("INSERT INTO {t} VALUE {{'pk': '{key}', 'sk': '1'}}", "UPDATE {t} SET n = 9 WHERE {pk} AND sk = 'none'",
                 "UPDATE {t} SET n = n + 1 WHERE {pk} AND sk = '2' RETURNING MODIFIED NEW *", "DELETE FROM {t} WHERE {pk} AND sk = 'x'")
    assert answer["Responses"] == [
        {"TableName": range_table, "Error": {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"}},
        {"TableName": range_table, "Error": {"Code": "ConditionalCheckFailed", "Message": CONDITION_FAILED}},
        {"TableName": range_table, "Item": {"n": N(3)}},
        {"TableName": range_table}]


# Not measured on AWS; two emulators leave the member out, too.
def test_no_capacity_where_no_member_used_any(run):
    assert "ConsumedCapacity" not in run("SLECT * FROM {t}", ReturnConsumedCapacity="TOTAL")


# The option is there and does nothing (measured on AWS).
def test_no_item_for_a_failed_condition(ddb, range_table, pair):
    answer = ddb.batch_execute_statement(Statements=[{
        "Statement": f"UPDATE \"{range_table}\" SET n = 1 WHERE pk = '{pair}' AND sk = '1' AND n = 9",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}])
    assert answer["Responses"] == [
        {"TableName": range_table, "Error": {"Code": "ConditionalCheckFailed", "Message": CONDITION_FAILED}}]


@pytest.mark.parametrize("statement", ["SELECT * FROM {t}", "SELECT * FROM {t} WHERE {pk}",
                                       "SELECT * FROM {t} WHERE {pk} AND sk = '1' AND attribute_exists(n)"])
def test_a_read_needs_the_key_and_nothing_else(run, statement):
    assert run(statement)["Responses"] == [{"Error": {"Code": "ValidationError", "Message": ONLY_KEY}}]


def test_consistency_is_each_members_own(ddb, range_table, pair):
    statement = f"SELECT * FROM \"{range_table}\" WHERE pk = '{pair}' AND sk = "
    answer = ddb.batch_execute_statement(Statements=[{"Statement": statement + "'1'"},
                                                     {"Statement": statement + "'2'", "ConsistentRead": True}],
                                         ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"] == [{"TableName": range_table, "CapacityUnits": 1.5}]


# The text is DynamoDB Local's; that AWS refuses it is known.
def test_reads_beside_writes(run):
    with invalid("Read and write requests together in the same batch is not supported."):
        run("SELECT * FROM {t} WHERE {pk} AND sk = '1'", "DELETE FROM {t} WHERE {pk} AND sk = '2'")


def test_one_item_twice(run):
    with invalid("Provided list of item keys contains duplicates"):
        run("SELECT * FROM {t} WHERE {pk} AND sk = '1'", "SELECT n FROM {t} WHERE {pk} AND sk = '1'")


def test_an_empty_batch(ddb):
    with invalid(f"{ENV}Value '[]' at 'statements' {FSC}Member must have length greater than or equal to 1"):
        ddb.batch_execute_statement(Statements=[])
