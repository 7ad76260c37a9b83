# SPDX-License-Identifier: Apache-2.0
"""Shapes of known differences: operation, what AWS and Pumice say, what the other one says; each a whole regular expression.

A shape leaves out whatever it matches. Where the other server has other words for a whole class of refusals, the class is left out
by what Pumice says, for that was measured on AWS or is pinned by its own tests."""

ANY = ".*"
VALIDATION = "ValidationException: "
PARTIQL = "ExecuteStatement|BatchExecuteStatement|ExecuteTransaction"
# What Pumice says of a member or a value by itself, before any table is looked up: measured on AWS, and the others have other words
# or another order.
CONSTRAINT = VALIDATION + r"(<number> validation errors? detected: )?(Value (null |'…' |)at|Failed to satisfy constraint).*"
STATIC_VALUE = VALIDATION + (
    r"(<number> validation error detected: |ExpressionAttributeValues contains invalid value: )?"
    r"(The parameter cannot be converted to a numeric value|Number (over|under)flow|Attempting to store more than|Supplied AttributeValue|"
    r"One or more parameter values were invalid: (Input collection|An (string|number) set|Binary sets|Null attribute value)|"
    r"Input collection|Nesting Levels|Empty attribute name).*")

NOT_WELL_FORMED = VALIDATION + r"(Validation failed in TransactStatements\[…\]: )?Statement wasn'…'t be processed: .*"
CANCELLED = "TransactionCanceledException: .*"
APPLIES = (r"(The document path provided in the update expression is invalid for update|An operand in the update expression has an "
           r"incorrect data type|The provided expression refers to an attribute that does not exist in the item)")
NOT_PROJECTED = VALIDATION + r"One or more parameter values were invalid: (Global secondary|Secondary) index .* does not project .*"
EMPTY_KEY = "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty .*"
BETWEEN_TYPES = VALIDATION + ".*The BETWEEN operator requires same data type .*"
PARTIQL_KEY_TYPE = VALIDATION + ".*Key attribute'…'s schema: Key .*"
LEGACY_ARGUMENTS = VALIDATION + (
    r"(<number> validation error detected: )?One or more parameter values were invalid: (AttributeValues inside AttributeValueList|"
    r"ComparisonOperator|Invalid number of argument|(ADD|DELETE) action).*")
MIX = VALIDATION + "Can not use both expression and non-expression parameters in the same request: .*"
START_KEY = VALIDATION + r"(The provided (exclusive )?start(ing)? key .*|The query can return at most one row and cannot be restarted)"

DYNAMODB_LOCAL = [
    ("TagResource|UntagResource|ListTagsOfResource", ANY, "UnknownOperationException: Tagging is not currently supported.*"),
    (ANY, ANY, "InternalFailure: .*"),
    (ANY, "SerializationException: .*", ANY),
    (ANY, CONSTRAINT, ANY),
    (ANY, STATIC_VALUE, ANY),
    (ANY, VALIDATION + "The provided key element does not match the schema", VALIDATION + ANY),
    (ANY, VALIDATION + "One or more parameter values were invalid: (Type mismatch for (key|Index Key)|Missing the key).*",
     VALIDATION + ANY),
    (ANY, VALIDATION + "TableName must be at least .*|" + VALIDATION + "The parameter '…' is required .*", VALIDATION + ANY),
    (ANY, VALIDATION + "ExpressionAttribute(Values|Names) can only be specified when using expressions.*", ANY),
    (ANY, MIX, ANY),
    (ANY, LEGACY_ARGUMENTS, ANY),
    (ANY, VALIDATION + "Invalid .*Expression: Syntax error; .*", "the same, other details"),
    (ANY, BETWEEN_TYPES, BETWEEN_TYPES),
    (ANY, ANY, VALIDATION + "ExpressionAttribute(Names|Values) contains invalid value: .*"),
    ("Query|Scan", VALIDATION + "ALL_PROJECTED_ATTRIBUTES can be used only when .*", VALIDATION + ANY),
    ("Query|Scan|ExecuteStatement", NOT_PROJECTED, ANY),
    ("Query", VALIDATION + "One or more parameter values were invalid: Select type ALL_ATTRIBUTES .*", NOT_PROJECTED),
    ("Query", VALIDATION + "Query condition missed key schema element.*", VALIDATION + "Query .*"),
    ("Query|Scan|GetItem|BatchGetItem", VALIDATION + ".*Duplicate value in attribute name: .*", VALIDATION + ANY),
    (ANY, VALIDATION + ".*Invalid attribute type name found.*", VALIDATION + ".*Invalid attribute type name found.*"),
    ("Query", START_KEY, START_KEY + "|" + VALIDATION + "Type mismatch for attribute to update"),
    ("Scan", VALIDATION + "The (Total)?Segments? parameter is required .*", VALIDATION + "If (total )?segments? is specified, .*"),
    ("UpdateItem|ExecuteStatement", VALIDATION + APPLIES, VALIDATION + APPLIES),
    ("UpdateItem", "accepted", VALIDATION + APPLIES),
    ("TransactWriteItems|ExecuteTransaction", CANCELLED, VALIDATION + ANY),
    ("TransactGetItems", CANCELLED, VALIDATION + ANY + "|" + CANCELLED),
    ("ExecuteTransaction", CANCELLED, "the same, other details"),
    ("TransactGetItems|ExecuteTransaction", "accepted", r"Responses\[\]\.Item only right"),
    (PARTIQL, NOT_WELL_FORMED, VALIDATION + ANY),
    (PARTIQL, "DuplicateItemException: .*", "DuplicateItem: .*"),
    (PARTIQL, VALIDATION + ".*Unsupported operation: (Id|Lit)", VALIDATION + ANY),
    (PARTIQL, PARTIQL_KEY_TYPE, VALIDATION + ".*Key value must be of type S, N, or B.*|accepted|" + CANCELLED),
    (PARTIQL, VALIDATION + ".*Duplicate identifiers in select clause: .*", VALIDATION + ANY),
    (PARTIQL, VALIDATION + ".*Overlapping conditions with range keys .*", "accepted|" + CANCELLED),
    (PARTIQL, "ResourceNotFoundException: .*", VALIDATION + ".*Table name should be within the length.*"),
    ("ExecuteStatement", VALIDATION + "Strongly consistent read is not supported .*", VALIDATION + "Consistent reads are not supported .*"),
    ("ExecuteStatement", VALIDATION + "Invalid NextToken", ANY),
    ("UpdateTable", "accepted|400 refused", "accepted|400 refused"),
    ("BatchExecuteStatement", "accepted", r"Responses\[\]\.(Error\.Message|Item.*|TableName only right)|" + VALIDATION + ANY),
]
DYNOXIDE = [
    ("TagResource|UntagResource", "accepted", ""),
    (ANY, "SerializationException: .*", ANY),
    (ANY, ANY, VALIDATION + ".* at line <number> column <number>"),
    (ANY, CONSTRAINT, ANY),
    (ANY, STATIC_VALUE, ANY),
    (ANY, VALIDATION + "<number> validation error detected: .*", ANY),
    (ANY, VALIDATION + "Invalid .*Expression: .*", ANY),
    (ANY, VALIDATION + "ExpressionAttributeValues can only be specified when using expressions.*", ANY),
    (ANY, VALIDATION + "TableName must be at least .*|" + VALIDATION + "The parameter '…' is required .*", ANY),
    (ANY, VALIDATION + "The provided key element does not match the schema", VALIDATION + ANY),
    ("Query|Scan|ExecuteStatement", NOT_PROJECTED, ANY),
    ("Query|Scan", VALIDATION + "ALL_PROJECTED_ATTRIBUTES can be used only when .*", VALIDATION + ANY),
    ("Query", START_KEY, VALIDATION + ANY),
    ("Query", VALIDATION + "Conditions can be of length .*", ANY),
    ("Query", VALIDATION + "One or more parameter values were invalid: Select type ALL_ATTRIBUTES .*", VALIDATION + ANY),
    ("Query|Scan", VALIDATION + "(The BETWEEN condition was provided a range|Must specify the AttributesToGet or) .*", VALIDATION + ANY),
    (PARTIQL, VALIDATION + "Incorrect operand type for operator or function; .*", ANY),
    (ANY, MIX, VALIDATION + ANY),
    (ANY, LEGACY_ARGUMENTS, ANY),
    ("PutItem|UpdateItem|DeleteItem", "ConditionalCheckFailedException: .*", VALIDATION + ".*Syntax error; .*"),
    ("Query", "accepted", "ScannedCount|Count, Items, ScannedCount"),
    ("DeleteItem", "accepted", "ItemCollectionMetrics only right"),
    ("UpdateItem", "accepted", VALIDATION + APPLIES),
    ("TransactWriteItems", "accepted", CANCELLED),
    ("TransactWriteItems|ExecuteTransaction", CANCELLED, "the same, other details"),
    ("TransactWriteItems", VALIDATION + ANY, CANCELLED),
    ("TransactGetItems", "accepted", r"Responses\[\]\.Item.*"),
    ("UpdateTimeToLive", VALIDATION + "TimeToLive is .*", "accepted|" + VALIDATION + ANY),
    ("UpdateTable", "400 refused", "accepted"),
    ("ListTagsOfResource|TagResource|UntagResource", VALIDATION + ANY, VALIDATION + ANY),
    ("UpdateItem", "accepted", "Attributes only right"),
    ("UpdateItem", VALIDATION + "Key attributes must be scalars.*", VALIDATION + APPLIES),
    ("Query|ExecuteStatement|TransactGetItems", VALIDATION + EMPTY_KEY, ANY),
    ("Query", VALIDATION + "Query condition missed key schema element.*", VALIDATION + ANY),
    ("ExecuteStatement", "accepted|" + VALIDATION + ".*Overlapping conditions with range keys .*",
     "accepted|" + VALIDATION + "(Must have hash key in ORDER BY clause .*|Overlapping conditions .*)"),
    (PARTIQL, ANY, NOT_WELL_FORMED + "|" + VALIDATION + "Validation failed in TransactStatements.*|" + CANCELLED),
    (PARTIQL, NOT_WELL_FORMED, ANY),
    (PARTIQL, VALIDATION + ".*", VALIDATION + ".*"),
    (PARTIQL, VALIDATION + ".*Duplicate identifiers in select clause: .*", "accepted"),
    ("BatchExecuteStatement", "accepted", r"(ConsumedCapacity|Responses).*|" + VALIDATION + ANY),
    ("Query|Scan|ExecuteStatement", "accepted", r"ConsumedCapacity.*|.*refused on a later page only right"),
    ("ExecuteStatement", VALIDATION + APPLIES, "accepted"),
    ("ExecuteTransaction", "accepted", r"Responses\[\]\.Item only right"),
]
SHAPES = {"dynamodb-local": DYNAMODB_LOCAL, "dynoxide": DYNOXIDE}
