# SPDX-License-Identifier: Apache-2.0
"""docs/coverage.md: which operations of the SDK's model the server answers, and which members of their requests it reads.

    python operation_coverage.py --server-binary ../build/pumice > ../docs/coverage.md      (./dev coverage)

Nothing in it is written by hand but the reasons below. The operations and members are botocore's, at the version that
requirements.txt pins; the answers come over the wire: an operation that is not in the server's registry answers
UnknownOperationException; a member that is read answers SerializationException when it is given as another JSON type."""

import argparse
import json
from dataclasses import dataclass, field

import botocore
from botocore.credentials import Credentials
from botocore.loaders import Loader

from support.server import Server
from support.wire import Wire

SERVICES = {"dynamodb": "DynamoDB", "dynamodbstreams": "DynamoDB Streams"}

# Why an operation is refused, if it is. One that the server answers is listed as answered, whatever stands here.
REASONS = {
    "transactions": "TransactGetItems TransactWriteItems",
    "PartiQL": "BatchExecuteStatement ExecuteStatement ExecuteTransaction",
    "time to live": "DescribeTimeToLive UpdateTimeToLive",
    "tags": "ListTagsOfResource TagResource UntagResource",
    "limits and endpoints": "DescribeEndpoints DescribeLimits",
    "vector search": "SearchVectors",
    "backups": "CreateBackup DeleteBackup DescribeBackup ListBackups RestoreTableFromBackup",
    "point-in-time recovery": "DescribeContinuousBackups RestoreTableToPointInTime UpdateContinuousBackups",
    "export and import": "DescribeExport DescribeImport ExportTableToPointInTime ImportTable ListExports ListImports",
    "bulk load": "CancelBulkOperation DescribeBulkOperation ListBulkOperations StartBulkPutItems",
    "global tables": "DescribeTableReplicaAutoScaling UpdateTableReplicaAutoScaling",
    "global tables of 2017, which AWS itself no longer creates":
        "CreateGlobalTable DescribeGlobalTable DescribeGlobalTableSettings ListGlobalTables UpdateGlobalTable UpdateGlobalTableSettings",
    "contributor insights": "DescribeContributorInsights ListContributorInsights UpdateContributorInsights",
    "Kinesis": "DescribeKinesisStreamingDestination DisableKinesisStreamingDestination EnableKinesisStreamingDestination "
               "UpdateKinesisStreamingDestination",
    "resource policies": "DeleteResourcePolicy GetResourcePolicy PutResourcePolicy",
}


@dataclass
class Coverage:
    """What one API's operations were found to do."""
    target: str
    answered: dict = field(default_factory=dict)  # operation -> paths of members that are not read
    refused: list = field(default_factory=list)


def model_of(service):
    return Loader().load_service_model(service, "service-2")


def reason(operation):
    """Raises if the SDK's model has gained an operation that nobody has thought about."""
    return next(text for text, operations in REASONS.items() if operation in operations.split())


# --- Asking the server -------------------------------------------------------------------------------


def is_known(wire, connection, target, operation):
    """A body that no operation accepts tells an operation that is there from one that is not."""
    answer = wire.call(operation, b"[]", target, connection=connection)
    return answer.json["__type"] != "com.amazon.coral.service#UnknownOperationException"


def wrong_value(shape):
    """JSON of a type that this shape never has."""
    return 0 if shape["type"] in ("structure", "list", "map") else {}


def wrong_requests(shapes, name, above=()):
    """(path, JSON in which only the end of that path has a wrong type) of everything below the shape `name`. A shape inside
    itself (an AttributeValue) is not entered again."""
    if name in above:
        return
    shape, inner = shapes[name], (*above, name)
    if shape["type"] == "structure":
        parts = [((member,), described["shape"], lambda value, member=member: {member: value})
                 for member, described in shape["members"].items()]
    elif shape["type"] == "list":
        parts = [(("[]",), shape["member"]["shape"], lambda value: [value])]
    elif shape["type"] == "map":
        parts = [(("{}",), shape["value"]["shape"], lambda value: {"x": value})]
    else:
        return
    for path, part, wrap in parts:
        yield path, wrap(wrong_value(shapes[part]))
        for below, value in wrong_requests(shapes, part, inner):
            yield path + below, wrap(value)


def unread_members(wire, connection, target, operation, shapes, input_shape):
    """The outermost members that a request may give without the server looking at them."""
    unread = []
    for path, request in wrong_requests(shapes, input_shape):
        if any(path[:len(outer)] == outer for outer in unread):
            continue
        answer = wire.call(operation, request, target, connection=connection)
        if answer.status == 200 or not answer.json["__type"].endswith("#SerializationException"):
            unread.append(path)
    return unread


def find_coverage(wire, service):
    model = model_of(service)
    coverage = Coverage(model["metadata"]["targetPrefix"])
    connection = wire.connect()
    for operation, described in sorted(model["operations"].items()):
        if is_known(wire, connection, coverage.target, operation):
            coverage.answered[operation] = unread_members(
                wire, connection, coverage.target, operation, model["shapes"], described["input"]["shape"])
        else:
            coverage.refused.append(operation)
    connection.close()
    return coverage


# --- The document ------------------------------------------------------------------------------------

HEAD = """# Coverage

Made by `./dev coverage` from the server's answers and the model of botocore {version}; not edited by hand. A test fails when it
is stale. *Answered*: the operation is there. *Members not read*: what a request may give and the server does not look into,
so that not even its JSON type is checked (`[]`: an element of a list, `{{}}`: a value of a map). *Refused*: UnknownOperationException, as
AWS answers to an operation that it does not know; nothing is there that only looks like it worked.
"""


def shown(path):
    return ".".join(path).replace(".[]", "[]").replace(".{}", "{}")


def section(title, coverage):
    lines = [f"## {title} (`{coverage.target}`): {len(coverage.answered)} answered, {len(coverage.refused)} refused", "",
             "| answered | members not read |", "|---|---|"]
    for operation, unread in coverage.answered.items():
        lines.append(f"| {operation} | {', '.join(f'`{shown(path)}`' for path in unread)} |".replace("|  |", "| |"))
    if coverage.refused:
        lines += ["", "| refused | belongs to |", "|---|---|"]
        lines += [f"| {operation} | {reason(operation)} |" for operation in coverage.refused]
    return "\n".join(lines)


def render(wire):
    parts = [HEAD.format(version=botocore.__version__)]
    parts += [section(title, find_coverage(wire, service)) + "\n" for service, title in SERVICES.items()]
    return "\n".join(parts)


def main():
    options = argparse.ArgumentParser(description="Prints docs/coverage.md.")
    options.add_argument("--server-binary", required=True)
    with Server(options.parse_args().server_binary, "-inMemory", "--threads", "1") as server:
        print(render(Wire(server.endpoint, Credentials("coverage", "secret"), "us-east-1")), end="")


if __name__ == "__main__":
    main()
