# SPDX-License-Identifier: Apache-2.0
"""TagResource, UntagResource, ListTagsOfResource, and the tags of CreateTable."""

import pytest

from support.errors import ENV, FSC, P, invalid, length_at_most, refused
from support.poll import until
from support.tables import definition, random_name, table

pytestmark = pytest.mark.aws_only("DynamoDB Local refuses every tag operation")


def tags(first, count):
    return [{"Key": f"k{i:02}", "Value": f"v{i}"} for i in range(first, first + count)]


def arn_of(ddb, name):
    return ddb.describe_table(TableName=name)["Table"]["TableArn"]


@pytest.fixture
def arn(ddb):
    with table(ddb, **definition(("pk",))) as name:
        yield arn_of(ddb, name)


def listed(ddb, arn):
    pages = ddb.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
    return sorted((tag["Key"], tag["Value"]) for page in pages for tag in page["Tags"])


def expect(ddb, arn, wanted):
    """AWS changes tags a second or two after it said so."""
    until(lambda: listed(ddb, arn) == sorted((tag["Key"], tag["Value"]) for tag in wanted), "the tags changed", 30)


# Terraform's first complaint about DynamoDB Local: it tags each table that it makes.
def test_a_table_is_created_with_tags(ddb):
    with table(ddb, Tags=tags(0, 3), **definition(("pk",))) as name:
        expect(ddb, arn_of(ddb, name), tags(0, 3))


def test_no_tags_are_an_empty_list(ddb, arn):
    answer = ddb.list_tags_of_resource(ResourceArn=arn)
    assert answer["Tags"] == []
    assert "NextToken" not in answer


def test_tags_are_added_replaced_and_taken_away(ddb, arn):
    ddb.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    expect(ddb, arn, [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    ddb.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "2"}])
    expect(ddb, arn, [{"Key": "a", "Value": "2"}, {"Key": "b", "Value": ""}])
    ddb.untag_resource(ResourceArn=arn, TagKeys=["a", "never there"])
    expect(ddb, arn, [{"Key": "b", "Value": ""}])


# SDKs of typed languages read no JSON here: the body must be empty, not "{}".
@pytest.mark.parametrize("operation, members", [("TagResource", {"Tags": [{"Key": "a", "Value": "1"}]}), ("UntagResource", {"TagKeys": ["a"]})])
def test_the_answer_has_an_empty_body(wire, arn, operation, members):
    answer = wire.call(operation, {"ResourceArn": arn, **members})
    assert (answer.status, answer.body) == (200, b"")


def test_a_page_has_ten_tags(ddb, arn):
    ddb.tag_resource(ResourceArn=arn, Tags=tags(0, 25))
    expect(ddb, arn, tags(0, 25))
    first = ddb.list_tags_of_resource(ResourceArn=arn)
    assert len(first["Tags"]) == 10
    assert len(ddb.list_tags_of_resource(ResourceArn=arn, NextToken=first["NextToken"])["Tags"]) == 10


# Public observation of AWS: a token that is none begins anew.
def test_a_foreign_token_is_ignored(ddb, arn):
    assert ddb.list_tags_of_resource(ResourceArn=arn, NextToken="no token")["Tags"] == []


def test_fifty_tags_are_the_most(ddb, arn):
    with invalid("Number of Tags exceed the current limit for the provided ResourceArn"):
        ddb.tag_resource(ResourceArn=arn, Tags=tags(0, 51))
    ddb.tag_resource(ResourceArn=arn, Tags=tags(0, 50))
    expect(ddb, arn, tags(0, 50))


@pytest.mark.parametrize("call, text", [
    (lambda ddb, arn: ddb.tag_resource(ResourceArn=arn, Tags=[]), "Atleast one Tag needs to be provided as Input."),
    (lambda ddb, arn: ddb.untag_resource(ResourceArn=arn, TagKeys=[]), "Atleast one Tag Key needs to be provided as Input."),
    (lambda ddb, arn: ddb.tag_resource(ResourceArn=arn, Tags=[{"Key": "aws:a", "Value": ""}]), "Tag Key cannot be prefixed with aws:, Key: aws:a"),
    (lambda ddb, arn: ddb.tag_resource(ResourceArn=arn, Tags=[{"Key": "a*", "Value": ""}]), "The Tag Key provided is invalid, Key: a*"),
    (lambda ddb, arn: ddb.tag_resource(ResourceArn=arn, Tags=[{"Key": "k" * 129, "Value": ""}]),
     f"{ENV}Value '{'k' * 129}' at 'tags.1.member.key' {FSC}{length_at_most(128)}"),
], ids=["no tags", "no keys", "aws: in front", "a character that may not be", "too long"])
def test_what_cannot_be_is_refused(ddb, arn, call, text):
    with invalid(text):
        call(ddb, arn)


# A bad set of tags must not leave a table behind.
def test_bad_tags_refuse_the_whole_table(ddb):
    name = random_name()
    with invalid("Tag Key cannot be prefixed with aws:, Key: aws:a"):
        ddb.create_table(TableName=name, Tags=[{"Key": "aws:a", "Value": ""}], **definition(("pk",)))
    with refused("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found"):
        ddb.describe_table(TableName=name)


def test_an_unknown_table_is_named_by_its_arn(ddb, arn):
    other = arn.rsplit("/", 1)[0] + "/" + random_name()
    with refused("ResourceNotFoundException", f"Requested resource not found: ResourceArn: {other} not found"):
        ddb.list_tags_of_resource(ResourceArn=other)


def test_a_name_is_no_arn(ddb, hash_table):
    with invalid(P + f"ARNs must start with 'arn:': {hash_table}"):
        ddb.list_tags_of_resource(ResourceArn=hash_table)
