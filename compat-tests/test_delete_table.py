# SPDX-License-Identifier: Apache-2.0
"""DeleteTable."""

import pytest

from support.errors import invalid, refused
from support.tables import definition, index, random_name, table, wait_until_gone


def test_answers_deleting_then_the_table_is_gone(ddb):
    with table(ddb, **definition(("pk",))) as name:
        assert ddb.delete_table(TableName=name)["TableDescription"]["TableStatus"] == "DELETING"
        wait_until_gone(ddb, name)
        assert name not in ddb.list_tables(Limit=100)["TableNames"]


@pytest.mark.aws_only("DynamoDB Local describes the whole table")
def test_the_answer_omits_keys_and_indexes(ddb):
    request = definition(("pk",), dict(pk="S", g="S"), GlobalSecondaryIndexes=[index("by_g", ("g",))])
    with table(ddb, **request) as name:
        description = ddb.delete_table(TableName=name)["TableDescription"]
    assert {"TableName", "TableArn", "TableId", "TableStatus", "ItemCount", "TableSizeBytes", "ProvisionedThroughput"} <= description.keys()
    assert not {"KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "CreationDateTime"} & description.keys()


def test_items_do_not_survive_in_a_new_table_of_the_same_name(ddb):
    with table(ddb, **definition(("pk",))) as name:
        ddb.put_item(TableName=name, Item={"pk": {"S": "old"}})
    wait_until_gone(ddb, name)
    with table(ddb, TableName=name, **definition(("pk",))):
        assert "Item" not in ddb.get_item(TableName=name, Key={"pk": {"S": "old"}})
        assert ddb.scan(TableName=name)["Count"] == 0


def test_index_entries_do_not_survive_either(ddb):
    request = definition(("pk",), dict(pk="S", g="S"), GlobalSecondaryIndexes=[index("by_g", ("g",))])
    with table(ddb, **request) as name:
        ddb.put_item(TableName=name, Item={"pk": {"S": "old"}, "g": {"S": "x"}})
    wait_until_gone(ddb, name)
    with table(ddb, TableName=name, **request):
        assert ddb.scan(TableName=name, IndexName="by_g")["Count"] == 0


def test_accepts_the_arn_as_the_name(ddb):
    with table(ddb, **definition(("pk",))) as name:
        arn = ddb.describe_table(TableName=name)["Table"]["TableArn"]
        assert ddb.delete_table(TableName=arn)["TableDescription"]["TableName"] == name


def test_an_unknown_table_is_named(ddb):
    name = random_name()
    with refused("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found"):
        ddb.delete_table(TableName=name)


def test_the_name_is_required(ddb):
    with invalid("The parameter 'TableName' is required but was not present in the request"):
        ddb.delete_table()
