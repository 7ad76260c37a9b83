# SPDX-License-Identifier: Apache-2.0
"""Names, keys and table definitions; and a fixture's way to make a table and drop it again."""

import uuid
from contextlib import contextmanager

from support.poll import until

TABLE_PREFIX = "compat_"


def random_name(kind="table"):
    return f"{TABLE_PREFIX}{kind}_{uuid.uuid4().hex[:16]}"


def random_key():
    return uuid.uuid4().hex


def attributes(**types):
    """attributes(pk="S") -> AttributeDefinitions."""
    return [{"AttributeName": name, "AttributeType": kind} for name, kind in types.items()]


def keys(*names):
    """keys("pk", "sk") -> KeySchema with a HASH and, if given, a RANGE element."""
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"))]


def index(name, key_names, projection="ALL", include=()):
    described = {"ProjectionType": projection}
    if include:
        described["NonKeyAttributes"] = list(include)
    return {"IndexName": name, "KeySchema": keys(*key_names), "Projection": described}


def definition(key_names=("pk",), types=None, **more):
    """A CreateTable request without its name: on-demand, all keys of type S unless `types` tells."""
    types = types or {name: "S" for name in key_names}
    return {"KeySchema": keys(*key_names), "AttributeDefinitions": attributes(**types),
            "BillingMode": "PAY_PER_REQUEST", **more}


def wait_until_active(ddb, name):
    return until(lambda: (described := ddb.describe_table(TableName=name)["Table"])["TableStatus"] == "ACTIVE" and described,
                 f"table {name} ACTIVE", 120)


def wait_until_gone(ddb, name):
    def gone():
        try:
            ddb.describe_table(TableName=name)
            return False
        except ddb.exceptions.ResourceNotFoundException:
            return True
    until(gone, f"table {name} deleted", 120)


@contextmanager
def table(ddb, **request):
    """A table of its own for the block, deleted at its end; gives its name."""
    name = request.pop("TableName", None) or random_name()
    ddb.create_table(TableName=name, **request)
    try:
        wait_until_active(ddb, name)
        yield name
    finally:
        try:
            ddb.delete_table(TableName=name)
        except ddb.exceptions.ResourceNotFoundException:
            pass
