# SPDX-License-Identifier: Apache-2.0
"""Throughput that is enforced (--throttle): the exceptions as an SDK sees them, and what batches leave out. AWS throttles at
moments of its own, so these have a server of their own; tables of one unit a second make them independent of the time
that passes between two calls."""

import pytest
from botocore.exceptions import ClientError

from support.poll import until
from support.server import Server
from support.tables import attributes, definition, index, keys, random_key, table
from support.values import S

pytestmark = pytest.mark.needs_server

ONE = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
MANY = {"ReadCapacityUnits": 10_000, "WriteCapacityUnits": 10_000}
LARGE = S("x" * 300_000)  # some 300 write units: the bucket of one unit a second is empty for five minutes

TABLE_TEXT = ("The level of configured provisioned throughput for the table was exceeded. "
              "Consider increasing your provisioning level with the UpdateTable API.")
INDEX_TEXT = ("The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded. "
              "Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API")
ON_DEMAND_TEXT = "Throughput exceeds the maximum OnDemandThroughput configured on table or index"


@pytest.fixture(scope="module")
def throttled(server_binary, connect):
    with Server(server_binary, "-inMemory", "--throttle") as server:
        yield connect(server.endpoint)


def provisioned(units, **more):
    return {"KeySchema": keys("pk"), "AttributeDefinitions": attributes(pk="S"), "ProvisionedThroughput": units, **more}


def arn_of(ddb, name):
    return ddb.describe_table(TableName=name)["Table"]["TableArn"]


def refusal(call):
    """The error's code, text and reasons."""
    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    reasons = answer.get("ThrottlingReasons", answer.get("throttlingReasons"))
    return answer["Error"]["Code"], answer["Error"]["Message"], reasons


def exhaust_writes(ddb, name, **attributes_):
    ddb.put_item(TableName=name, Item={"pk": S(random_key()), "large": LARGE, **attributes_})


def test_writes_beyond_the_provisioned_units(throttled):
    with table(throttled, **provisioned(ONE)) as name:
        exhaust_writes(throttled, name)
        reason = {"reason": "TableWriteProvisionedThroughputExceeded", "resource": arn_of(throttled, name)}
        for call in (lambda: throttled.put_item(TableName=name, Item={"pk": S("a")}),
                     lambda: throttled.update_item(TableName=name, Key={"pk": S("a")}),
                     lambda: throttled.delete_item(TableName=name, Key={"pk": S("a")})):
            assert refusal(call) == ("ProvisionedThroughputExceededException", TABLE_TEXT, [reason])
        # Reads have units of their own.
        assert "Item" not in throttled.get_item(TableName=name, Key={"pk": S("a")})


def test_reads_beyond_the_provisioned_units(throttled):
    with table(throttled, **provisioned({"ReadCapacityUnits": 1, "WriteCapacityUnits": 10_000})) as name:
        exhaust_writes(throttled, name)
        throttled.scan(TableName=name, ConsistentRead=True)
        reason = {"reason": "TableReadProvisionedThroughputExceeded", "resource": arn_of(throttled, name)}
        for call in (lambda: throttled.get_item(TableName=name, Key={"pk": S("a")}),
                     lambda: throttled.scan(TableName=name),
                     lambda: throttled.query(TableName=name, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": S("a")})):
            assert refusal(call) == ("ProvisionedThroughputExceededException", TABLE_TEXT, [reason])


# AWS: "GSI back pressure": it does not matter whether the write reaches the index.
def test_an_index_holds_up_the_writes_of_its_table(throttled):
    by_g = {**index("by_g", ("g",)), "ProvisionedThroughput": ONE}
    request = provisioned(MANY, GlobalSecondaryIndexes=[by_g])
    request["AttributeDefinitions"] = attributes(pk="S", g="S")
    with table(throttled, **request) as name:
        exhaust_writes(throttled, name, g=S("g"))
        reason = {"reason": "IndexWriteProvisionedThroughputExceeded", "resource": arn_of(throttled, name) + "/index/by_g"}
        assert refusal(lambda: throttled.put_item(TableName=name, Item={"pk": S("a")})) == (
            "ProvisionedThroughputExceededException", INDEX_TEXT, [reason])


def test_on_demand_maxima(throttled):
    limits = {"MaxReadRequestUnits": 1, "MaxWriteRequestUnits": 1}
    with table(throttled, **definition(("pk",), OnDemandThroughput=limits)) as name:
        exhaust_writes(throttled, name)
        reason = {"reason": "TableWriteMaxOnDemandThroughputExceeded", "resource": arn_of(throttled, name)}
        assert refusal(lambda: throttled.put_item(TableName=name, Item={"pk": S("a")})) == (
            "ThrottlingException", ON_DEMAND_TEXT, [reason])


def test_on_demand_without_maxima_is_unlimited(throttled):
    with table(throttled, **definition(("pk",))) as name:
        for _ in range(20):
            exhaust_writes(throttled, name)


def test_a_batch_with_room_for_nothing_is_refused(throttled):
    with table(throttled, **provisioned(ONE)) as name:
        exhaust_writes(throttled, name)
        writes = [{"PutRequest": {"Item": {"pk": S("a")}}}, {"DeleteRequest": {"Key": {"pk": S("b")}}}]
        code, text, _ = refusal(lambda: throttled.batch_write_item(RequestItems={name: writes}))
        assert (code, text) == ("ProvisionedThroughputExceededException", TABLE_TEXT)


# The other table's part is done; what is left out can be sent again as it is.
def test_a_batch_leaves_out_the_exhausted_table(throttled):
    with table(throttled, **provisioned(ONE)) as slow, table(throttled, **provisioned(MANY)) as fast:
        exhaust_writes(throttled, slow)
        throttled.scan(TableName=slow, ConsistentRead=True)
        writes = [{"PutRequest": {"Item": {"pk": S("a")}}}]
        answer = throttled.batch_write_item(RequestItems={slow: writes, fast: writes})
        assert answer["UnprocessedItems"] == {slow: writes}
        keys_ = {"Keys": [{"pk": S("a")}]}
        answer = throttled.batch_get_item(RequestItems={slow: keys_, fast: keys_})
        assert answer["UnprocessedKeys"] == {slow: keys_}
        assert answer["Responses"][fast] == [{"pk": S("a")}]


def test_transactions_are_cancelled(throttled):
    with table(throttled, **provisioned(ONE)) as slow, table(throttled, **provisioned(MANY)) as fast:
        exhaust_writes(throttled, slow)
        actions = [{"Put": {"TableName": name, "Item": {"pk": S("a")}}} for name in (fast, slow)]
        with pytest.raises(ClientError) as caught:
            throttled.transact_write_items(TransactItems=actions)
        assert caught.value.response["CancellationReasons"] == [
            {"Code": "None"}, {"Code": "ProvisionedThroughputExceeded", "Message": TABLE_TEXT}]
        assert "Item" not in throttled.get_item(TableName=fast, Key={"pk": S("a")})


def test_more_units_help_at_once(throttled):
    with table(throttled, **provisioned(ONE)) as name:
        exhaust_writes(throttled, name)
        assert refusal(lambda: throttled.put_item(TableName=name, Item={"pk": S("a")}))[0] == "ProvisionedThroughputExceededException"
        throttled.update_table(TableName=name, ProvisionedThroughput=MANY)

        def taken():
            try:
                throttled.put_item(TableName=name, Item={"pk": S("a")})
                return True
            except throttled.exceptions.ProvisionedThroughputExceededException:
                return False

        until(taken, "a write with the new units")


def test_without_the_flag_nothing_is_throttled(start, connect):
    ddb = connect(start("-inMemory").endpoint)
    with table(ddb, **provisioned(ONE)) as name:
        for _ in range(5):
            exhaust_writes(ddb, name)
