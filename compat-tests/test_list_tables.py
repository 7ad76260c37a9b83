# SPDX-License-Identifier: Apache-2.0
"""ListTables."""

import pytest

from support.errors import ENV, FSC, invalid, value_at_least, value_at_most
from support.tables import definition, random_name, table


@pytest.fixture(scope="module")
def four_names(ddb):
    stem = random_name("list")
    wanted = [f"{stem}.{suffix}" for suffix in ("A", "Z", "a", "z")]
    made = [table(ddb, TableName=name, **definition(("pk",))) for name in wanted]
    for one in made:
        one.__enter__()
    yield wanted
    for one in made:
        one.__exit__(None, None, None)


def names_from(ddb, first):
    """All names after `first`, page by page of three."""
    found, start = [], first
    while start is not None:
        page = ddb.list_tables(Limit=3, ExclusiveStartTableName=start)
        assert len(page["TableNames"]) <= 3
        found += page["TableNames"]
        start = page.get("LastEvaluatedTableName")
        assert start is None or start == page["TableNames"][-1]
    return found


def test_lists_a_table(ddb, hash_table):
    assert hash_table in ddb.list_tables(Limit=100)["TableNames"]


# Upper case comes before lower case.
def test_orders_by_bytes(ddb, four_names):
    stem = four_names[0][:-1]
    assert [name for name in names_from(ddb, stem) if name.startswith(stem)] == four_names


# The start need not be a table.
def test_starts_after_a_name_that_does_not_exist(ddb, four_names):
    stem = four_names[0][:-1]
    assert ddb.list_tables(ExclusiveStartTableName=stem + "B", Limit=1)["TableNames"] == [four_names[1]]


def test_a_full_page_names_its_last_table(ddb, four_names):
    page = ddb.list_tables(ExclusiveStartTableName=four_names[0], Limit=2)
    assert page["TableNames"] == four_names[1:3]
    assert page["LastEvaluatedTableName"] == four_names[2]


# Index tables are no tables.
def test_indexes_are_not_listed(ddb, index_table):
    assert not [name for name in names_from(ddb, index_table) if "global_all" in name]


def test_the_end_has_no_last_name(ddb):
    assert "LastEvaluatedTableName" not in ddb.list_tables(ExclusiveStartTableName="zzzzzzzzzzzz")


@pytest.mark.parametrize("limit, constraint", [(0, value_at_least(1)), (-5, value_at_least(1)), (101, value_at_most(100))],
                         ids=["0", "-5", "101"])
def test_the_limit_is_bounded(ddb, limit, constraint):
    with invalid(f"{ENV}Value '{limit}' at 'limit' {FSC}{constraint}"):
        ddb.list_tables(Limit=limit)
