# SPDX-License-Identifier: Apache-2.0
"""What can be played: for each operation its generators, and how often each is chosen."""

from typing import Callable, NamedTuple

from differential import calls, legacy, partiql, settings


class Maker(NamedTuple):
    operation: str
    family: str
    make: Callable  # random -> Call
    weight: int


MAKERS = (
    Maker("PutItem", "items", calls.put_item, 20), Maker("UpdateItem", "items", calls.update_item, 25),
    Maker("DeleteItem", "items", calls.delete_item, 6), Maker("GetItem", "items", calls.get_item, 8),
    Maker("BatchGetItem", "items", calls.batch_get_item, 5), Maker("BatchWriteItem", "items", calls.batch_write_item, 8),
    Maker("Query", "items", calls.query, 14), Maker("Scan", "items", calls.scan, 8),
    Maker("TransactWriteItems", "transactions", calls.transact_write_items, 10),
    Maker("TransactGetItems", "transactions", calls.transact_get_items, 4),
    Maker("PutItem", "legacy", legacy.put_item, 5), Maker("UpdateItem", "legacy", legacy.update_item, 10),
    Maker("DeleteItem", "legacy", legacy.delete_item, 4), Maker("GetItem", "legacy", legacy.get_item, 2),
    Maker("BatchGetItem", "legacy", legacy.batch_get_item, 2), Maker("Query", "legacy", legacy.query, 8),
    Maker("Scan", "legacy", legacy.scan, 4),
    Maker("ExecuteStatement", "partiql", partiql.execute_statement, 20),
    Maker("BatchExecuteStatement", "partiql", partiql.batch_execute_statement, 5),
    Maker("ExecuteTransaction", "partiql", partiql.execute_transaction, 5),
    Maker("DescribeTable", "settings", settings.describe_table, 1), Maker("CreateTable", "settings", settings.create_existing_table, 1),
    Maker("UpdateTable", "settings", settings.update_table, 2),
    Maker("UpdateTimeToLive", "settings", settings.update_time_to_live, 1),
    Maker("DescribeTimeToLive", "settings", settings.describe_time_to_live, 1),
    Maker("TagResource", "settings", settings.tag_resource, 2), Maker("UntagResource", "settings", settings.untag_resource, 1),
    Maker("ListTagsOfResource", "settings", settings.list_tags_of_resource, 1),
)
OPERATIONS = {maker.operation for maker in MAKERS}
FAMILIES = {maker.family for maker in MAKERS}


def chosen(only=()):
    """The makers of these operations and families; of all, if none is named."""
    unknown = set(only) - OPERATIONS - FAMILIES
    if unknown:
        raise ValueError(f"nothing is called {', '.join(sorted(unknown))}; there are {', '.join(sorted(FAMILIES))} and "
                         f"{', '.join(sorted(OPERATIONS))}")
    return [maker for maker in MAKERS if not only or maker.operation in only or maker.family in only]


def make(random, makers):
    [maker] = random.choices(makers, [maker.weight for maker in makers])
    return maker.make(random)
