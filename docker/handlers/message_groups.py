# SPDX-License-Identifier: Apache-2.0
"""Cruddur's stream handler: a new message moves both group items of its conversation to the message's time."""

import os

import boto3

# boto3 before 1.28 does not look for AWS_ENDPOINT_URL itself.
table = boto3.resource("dynamodb", endpoint_url=os.environ["AWS_ENDPOINT_URL"]).Table("cruddur-messages")


def handler(event, context):
    for record in event["Records"]:
        key = record["dynamodb"]["Keys"]
        # What this function writes comes back to it; only a new message is its business.
        if record["eventName"] == "INSERT" and key["pk"]["S"].startswith("MSG#"):
            move_groups(key["pk"]["S"].removeprefix("MSG#"), key["sk"]["S"], record["dynamodb"]["NewImage"]["message"]["S"])


def move_groups(conversation, time, message):
    groups = table.query(IndexName="message-group-sk-index", KeyConditionExpression="message_group_uuid = :uuid",
                         ExpressionAttributeValues={":uuid": conversation})["Items"]
    with table.batch_writer() as batch:
        for group in groups:
            batch.delete_item(Key={"pk": group["pk"], "sk": group["sk"]})
            batch.put_item(Item={**group, "sk": time, "message": message})
    print(f"{conversation}: {len(groups)} groups are at {time}")
