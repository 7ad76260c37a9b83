# SPDX-License-Identifier: Apache-2.0
"""Properties over random values: numbers against Python's decimal, conditions against a reference, items through every path
in and out. Seeds are fixed, so a failure stays a failure."""

from decimal import Decimal
from random import Random

import pytest

from support import random_expressions as expressions
from support import random_values as values
from support import reference
from support.tables import definition, index, random_key, table
from support.values import N, NULL, S


def random_number(random):
    """Any number DynamoDB stores: up to 38 digits, 10^-130 to 10^126, often near zero or near another one."""
    digits = str(random.randrange(10 ** random.randint(1, 38)))
    exponent = random.choice((0, 0, 0, -1, -2, 5, random.randint(-130, 125 - len(digits))))
    number = Decimal(random.choice(("", "-")) + digits).scaleb(exponent, reference.EXACT)
    return number if not number or reference.SMALLEST <= abs(number) < reference.LARGEST else Decimal(0)


def written(random, number):
    """One of the ways to write it."""
    return random.choice((reference.plain(number), f"{number:e}", f"{number:E}"))


def put_all(ddb, name, items):
    for start in range(0, len(items), 25):
        batch = [{"PutRequest": {"Item": item}} for item in items[start:start + 25]]
        assert ddb.batch_write_item(RequestItems={name: batch})["UnprocessedItems"] == {}


# A sort key's bytes on disk must order as the numbers do: sign, exponent and digits, each end of the range.
def test_numbers_as_sort_keys_come_back_in_order(ddb, number_table):
    random, pk = Random(1), S(random_key())
    numbers = {random_number(random) for _ in range(400)}
    for edge in ("1e-130", "-1e-130", "9.9999999999999999999999999999999999999e125", "-9.9999999999999999999999999999999999999e125"):
        numbers.add(Decimal(edge))
    put_all(ddb, number_table, [{"pk": pk, "sk": N(written(random, number))} for number in numbers])
    wanted = sorted(numbers)
    for forward in (True, False):
        found = query_all(ddb, TableName=number_table, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": pk},
                          ScanIndexForward=forward)
        assert [item["sk"]["N"] for item in found] == [reference.plain(number) for number in (wanted if forward else wanted[::-1])]
    for low, high in (sorted(random.sample(wanted, 2)) for _ in range(20)):
        found = query_all(ddb, TableName=number_table, KeyConditionExpression="pk = :p AND sk BETWEEN :l AND :h",
                          ExpressionAttributeValues={":p": pk, ":l": N(written(random, low)), ":h": N(written(random, high))})
        assert [Decimal(item["sk"]["N"]) for item in found] == [number for number in wanted if low <= number <= high]


def query_all(ddb, **request):
    found, start = [], {}
    while True:
        page = ddb.query(**request, **start)
        found += page["Items"]
        if "LastEvaluatedKey" not in page:
            return found
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


# 38 digits exactly, or an error: never a rounded number.
@pytest.mark.parametrize("form, sign", [("ADD n :v", 1), ("SET n = n + :v", 1), ("SET n = n - :v", -1)])
def test_sums_are_those_of_decimal(ddb, hash_table, form, sign):
    random, key = Random(form), {"pk": S(random_key())}
    for _ in range(120):
        one, other = random_number(random), random_number(random)
        if random.random() < 0.5:  # near each other, so that digits meet
            other = reference.EXACT.multiply(one, Decimal(random.randint(-999, 999)).scaleb(random.randint(-30, 3))).normalize(reference.EXACT)
            if len(other.as_tuple().digits) > 38 or other and not reference.SMALLEST <= abs(other) < reference.LARGEST:
                continue
        ddb.put_item(TableName=hash_table, Item={**key, "n": N(reference.plain(one))})
        wanted = reference.add(one, reference.EXACT.multiply(other, Decimal(sign)))
        try:
            found = ddb.update_item(TableName=hash_table, Key=key, UpdateExpression=form, ReturnValues="UPDATED_NEW",
                                    ExpressionAttributeValues={":v": N(written(random, other))})["Attributes"]["n"]["N"]
        except ddb.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] == "ValidationException"
            found = None
        assert found == (None if wanted is None else reference.plain(wanted)), f"{one} {form} {other}"


# --- Conditions --------------------------------------------------------------------------------------


# A filter is a condition on each item, so one Query judges a tree on a dozen of them.
@pytest.mark.parametrize("seed", range(4))
def test_conditions_mean_what_the_reference_says(wire, range_table, seed):
    random, connection = Random(f"conditions {seed}"), wire.connect()
    pk, items = S(random_key()), {}
    for number in range(12):
        items[str(number)] = {**values.attributes(random, 9), "pk": pk, "sk": S(str(number))}
    wire.call("BatchWriteItem", {"RequestItems": {range_table: [{"PutRequest": {"Item": item}} for item in items.values()]}},
              connection=connection)
    for _ in range(60):
        tree, placeholders = expressions.condition(random), expressions.Placeholders(random)
        text = expressions.condition_text(tree, placeholders)
        partition = placeholders.value(pk)
        answer = wire.call("Query", {"TableName": range_table, "KeyConditionExpression": f"pk = {partition}", "FilterExpression": text,
                                     **placeholders.parameters()}, connection=connection)
        assert answer.status == 200, (text, answer.body)
        found = {item["sk"]["S"] for item in answer.json["Items"]}
        assert found == {name for name, item in items.items() if reference.holds(tree, item)}, (text, placeholders.values)


# --- Items through every path ------------------------------------------------------------------------

WITH_ALL_WAYS = definition(("pk", "sk"), dict(pk="S", sk="S", g="S"), GlobalSecondaryIndexes=[index("by_g", ("g",))],
                           StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})


def deep_value(random, depth):
    """A value with something at each of `depth` levels."""
    if not depth:
        return values.value(random, random.choice(values.SCALARS))
    inner = deep_value(random, depth - 1)
    return {"L": [values.value(random, depth=0), inner]} if random.random() < 0.5 else {"M": {"x": inner, "y z": NULL}}


def stored(value):
    """The value as it comes back: numbers in plain decimal, sets without an order."""
    if isinstance(value, list):
        return [stored(part) for part in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"N"} and isinstance(value["N"], str):
        return {"N": reference.plain(Decimal(value["N"]))}
    for kind in ("SS", "NS", "BS"):
        if set(value) == {kind} and isinstance(value[kind], list):
            return {kind: sorted(reference.plain(Decimal(m)) if kind == "NS" else m for m in value[kind])}
    return {key: stored(part) for key, part in value.items()}


# GetItem, Query, Scan, an index and the stream answer from bytes that were written once: all must give what was put.
def test_items_come_back_the_same_by_every_way(ddb, wire, streams):
    random, connection = Random("round trips"), wire.connect()

    def call(operation, api="DynamoDB_20120810", **request):
        answer = wire.call(operation, request, api, connection=connection)
        assert answer.status == 200, answer.body
        return answer.json

    with table(ddb, **WITH_ALL_WAYS) as name:
        pk, wanted = S(random_key()), {}
        for number in range(120):
            item = {**values.attributes(random, 9), "deep": deep_value(random, random.randint(0, 30)), "g": S("g"), "pk": pk,
                    "sk": S(f"{number:03}"), "\u20ac \U0001f600": values.value(random)}
            wanted[item["sk"]["S"]] = stored(item)
            call("PutItem", TableName=name, Item=item)
        got = [call("GetItem", TableName=name, Key={"pk": pk, "sk": S(sk)})["Item"] for sk in wanted]
        queried = call("Query", TableName=name, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": pk})["Items"]
        scanned = call("Scan", TableName=name)["Items"]
        indexed = call("Scan", TableName=name, IndexName="by_g")["Items"]
        arn = call("DescribeTable", TableName=name)["Table"]["LatestStreamArn"]
        streamed = [record["dynamodb"]["NewImage"] for record in new_records(call, arn)]
        for way in (got, queried, scanned, indexed, streamed):
            assert {item["sk"]["S"]: stored(item) for item in way} == wanted


def new_records(call, arn):
    api, found = "DynamoDBStreams_20120810", []
    for shard in call("DescribeStream", api, StreamArn=arn)["StreamDescription"]["Shards"]:
        position = call("GetShardIterator", api, StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        while position:
            answer = call("GetRecords", api, ShardIterator=position)
            found += answer["Records"]
            position = answer.get("NextShardIterator") if answer["Records"] else None
    return found
