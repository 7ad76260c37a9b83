# SPDX-License-Identifier: Apache-2.0
"""Random calls about tables: descriptions, UpdateTable, time to live, tags. @arn@ stands for what an ARN has in front of its table/."""

from differential.calls import Call, name_of, pick_table
from support.tables import attributes, index

ADDED_INDEX = "by_added"
# No item has these attributes: nothing expires while it is compared.
TTL_ATTRIBUTES = ("ttl", "expires")
TAG_KEYS = ("a", "b", "c", "Team", "\u20ac", "a b", "x" * 128)
TAG_VALUES = ("", "1", "two words", "\u20ac", "y" * 256)


def describe_table(random):
    return Call("DescribeTable", {"TableName": name_of(pick_table(random))})


def create_existing_table(random):
    table = pick_table(random)
    return Call("CreateTable", {"TableName": name_of(table), **table.request})


# --- UpdateTable ---------------------------------------------------------------------------------------


def units(random):
    return {"ReadCapacityUnits": random.randint(1, 3), "WriteCapacityUnits": random.randint(1, 3)}


def throughput(random, table):
    if random.random() < 0.3:
        return {"BillingMode": "PAY_PER_REQUEST"}
    change = {"BillingMode": "PROVISIONED", "ProvisionedThroughput": units(random)}
    if table.request.get("GlobalSecondaryIndexes") and random.random() < 0.8:
        change["GlobalSecondaryIndexUpdates"] = [{"Update": {"IndexName": one["IndexName"], "ProvisionedThroughput": units(random)}}
                                                 for one in table.request["GlobalSecondaryIndexes"]]
    return change


def stream(random, table):
    if random.random() < 0.4:
        return {"StreamSpecification": {"StreamEnabled": False}}
    view = random.choice(("KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"))
    return {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": view}}


def new_index(random, table):
    """On an attribute that items have, of this type or not."""
    name, kind = random.choice((("n", "N"), ("a", "S"), ("b", "B")))
    keys = (name,) if random.random() < 0.5 else (table.keys[0], name)
    types = {name: kind, **({table.keys[0]: table.types[table.keys[0]]} if len(keys) == 2 else {})}
    projection = random.choice((("ALL",), ("KEYS_ONLY",), ("INCLUDE", ("c", "m"))))
    return {"AttributeDefinitions": attributes(**types),
            "GlobalSecondaryIndexUpdates": [{"Create": index(ADDED_INDEX, keys, *projection)}]}


def no_index(random, table):
    name = random.choice((ADDED_INDEX, *table.indexes))
    return {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": name}}]}


def protection(random, table):
    return {"DeletionProtectionEnabled": random.random() < 0.5}


def table_class(random, table):
    return {"TableClass": random.choice(("STANDARD", "STANDARD_INFREQUENT_ACCESS"))}


CHANGES = ((throughput, 4), (stream, 4), (new_index, 4), (no_index, 3), (protection, 1), (table_class, 1))


def update_table(random):
    """One change, now and then two at a time."""
    table = pick_table(random)
    request = {"TableName": name_of(table)}
    changes, weights = zip(*CHANGES)
    for change in random.choices(changes, weights, k=random.choice((1, 1, 1, 1, 2))):
        request.update(change(random, table))
    return Call("UpdateTable", request)


# --- Time to live --------------------------------------------------------------------------------------


def update_time_to_live(random):
    wanted = {"Enabled": random.random() < 0.6, "AttributeName": random.choice(TTL_ATTRIBUTES)}
    return Call("UpdateTimeToLive", {"TableName": name_of(pick_table(random)), "TimeToLiveSpecification": wanted})


def describe_time_to_live(random):
    return Call("DescribeTimeToLive", {"TableName": name_of(pick_table(random))})


# --- Tags ----------------------------------------------------------------------------------------------


def arn(random):
    return f"@arn@table/{name_of(pick_table(random))}"


def tag_resource(random):
    keys = random.sample(TAG_KEYS, random.randint(1, 3))
    return Call("TagResource", {"ResourceArn": arn(random), "Tags": [{"Key": key, "Value": random.choice(TAG_VALUES)} for key in keys]})


def untag_resource(random):
    return Call("UntagResource", {"ResourceArn": arn(random), "TagKeys": random.sample(TAG_KEYS, random.randint(1, 3))})


def list_tags_of_resource(random):
    return Call("ListTagsOfResource", {"ResourceArn": arn(random)})
