# SPDX-License-Identifier: Apache-2.0
"""The wire below the SDKs: methods, headers, bodies, connections, and refusals of what is no good request."""

import gzip
import json
import re
import zlib

import pytest

from support.tables import random_key
from support.wire import JSON_TYPE, AnswerReader

NOT_FOUND_BODY = b"<UnknownOperationException/>\n"
LIST = b'{"Limit":1}'
BODY_LIMIT = 16 * 1024 * 1024


def headers_without(wire, *names, body=LIST):
    return {k: v for k, v in wire.signed_headers("ListTables", body).items() if k.lower() not in names}


# --- Answers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", ["ListTables", "GetItem", "NoSuchOperation"], ids=["success", "refusal", "unknown operation"])
def test_every_answer_has_a_fresh_request_id(wire, operation):
    ids = [wire.call(operation, b"{}").headers["x-amzn-requestid"] for _ in range(3)]
    assert all(re.fullmatch("[A-Z0-9]{52}", found) for found in ids)
    assert len(set(ids)) == 3


# Java, Go, .NET and Ruby clients check it and retry on a mismatch.
@pytest.mark.parametrize("operation", ["ListTables", "GetItem", "NoSuchOperation"], ids=["success", "refusal", "unknown operation"])
def test_every_answer_has_the_crc_of_its_body(wire, operation):
    answer = wire.call(operation, b"{}")
    assert int(answer.headers["x-amz-crc32"]) == zlib.crc32(answer.body)


@pytest.mark.parametrize("content_type", [JSON_TYPE, "application/json"])
@pytest.mark.parametrize("operation", ["ListTables", "GetItem"], ids=["success", "refusal"])
def test_the_content_type_is_that_of_the_request(wire, content_type, operation):
    assert wire.call(operation, b"{}", **{"Content-Type": content_type}).headers["content-type"] == content_type


def test_answers_state_their_length(wire):
    answer = wire.call("ListTables", LIST)
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert "transfer-encoding" not in answer.headers


def test_a_write_answers_an_empty_object(wire, hash_table):
    assert wire.call("PutItem", {"TableName": hash_table, "Item": {"pk": {"S": random_key()}}}).body == b"{}"


def test_a_missing_item_answers_an_empty_object(wire, hash_table):
    assert wire.call("GetItem", {"TableName": hash_table, "Key": {"pk": {"S": random_key()}}}).body == b"{}"


ERRORS = {
    "ValidationException": ("ListTables", {"Limit": 0}, "com.amazon.coral.validate#ValidationException", "message"),
    "ResourceNotFoundException": (
        "GetItem", {"TableName": "compat_no_such_table", "Key": {"pk": {"S": "a"}}}, "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "message"),
    "SerializationException": ("GetItem", {"TableName": []}, "com.amazon.coral.service#SerializationException", "Message"),
}


# Typed SDKs read these members by their exact spelling.
@pytest.mark.parametrize("case", ERRORS)
def test_error_bodies(wire, case):
    operation, body, kind, member = ERRORS[case]
    answer = wire.call(operation, body)
    assert answer.status == 400
    assert set(answer.json) == {"__type", member}
    assert answer.json["__type"] == kind


def test_a_failed_condition_has_its_namespace(wire, hash_table):
    answer = wire.call("PutItem", {"TableName": hash_table, "Item": {"pk": {"S": "a"}}, "ConditionExpression": "attribute_exists(nothing)"})
    assert (answer.status, answer.json) == (400, {
        "__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "The conditional request failed"})


# --- Targets ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [
    "DynamoDB_20120810.NoSuchOperation", "DynamoDB_20120810.listtables", "DynamoDB_20111205.ListTables", "DynamoDB_20120810", "", "ListTables",
    "DynamoDBStreams_20120810.PutItem", "DynamoDB_20120810.ListTables.x", "DynamoDB_20120810.GetRecords",
])
def test_an_unknown_target_is_refused(wire, name):
    answer = wire.exchange("POST", "/", b"{}", {**headers_without(wire, "x-amz-target", body=b"{}"), "X-Amz-Target": name})
    assert (answer.status, answer.json) == (400, {"__type": "com.amazon.coral.service#UnknownOperationException"})


def test_a_missing_target_is_refused(wire):
    answer = wire.exchange("POST", "/", b"{}", headers_without(wire, "x-amz-target", body=b"{}"))
    assert (answer.status, answer.json) == (400, {"__type": "com.amazon.coral.service#UnknownOperationException"})


# DynamoDB's operations and the streams' share one port.
def test_the_streams_answer_on_the_same_port(wire):
    answer = wire.call("ListStreams", b"{}", api="DynamoDBStreams_20120810")
    assert answer.status == 200
    assert "Streams" in answer.json


def test_header_names_have_no_case(wire):
    headers = {name.upper(): value for name, value in wire.signed_headers("ListTables", LIST).items()}
    assert wire.exchange("POST", "/", LIST, headers).status == 200


@pytest.mark.parametrize("content_type", ["application/x-amz-json-1.1", "text/plain", "application/xml", "application/x-www-form-urlencoded"])
def test_another_content_type_is_not_found(wire, content_type):
    answer = wire.call("ListTables", LIST, **{"Content-Type": content_type})
    assert (answer.status, answer.body) == (404, NOT_FOUND_BODY)


@pytest.mark.parametrize("content_type", ["application/x-amz-json-1.0; charset=utf-8", "application/json;charset=UTF-8"])
def test_parameters_of_the_content_type_are_ignored(wire, content_type):
    assert wire.call("ListTables", LIST, **{"Content-Type": content_type}).status == 200


@pytest.mark.parametrize("method, path", [("PUT", "/"), ("DELETE", "/"), ("POST", "/x"), ("GET", "/x"), ("POST", "/service/DynamoDB_20120810/operation/ListTables")],
                         ids=["PUT", "DELETE", "POST elsewhere", "GET elsewhere", "CBOR path"])
def test_another_method_or_path_is_not_found(wire, method, path):
    answer = wire.exchange(method, path, b"" if method == "GET" else LIST, wire.signed_headers("ListTables", LIST))
    assert (answer.status, answer.body) == (404, NOT_FOUND_BODY)


# Load balancers and compose files ask this.
def test_get_says_healthy(wire):
    answer = wire.exchange("GET", "/", None, {})
    assert answer.status == 200
    assert re.fullmatch(rb"healthy: dynamodb\.[a-z0-9-]+\.amazonaws\.com ", answer.body)


# --- Authentication ---------------------------------------------------------------------------------


@pytest.mark.parametrize("authorization", [None, "", "Basic abc", "Bearer abc"], ids=["absent", "empty", "basic", "bearer"])
def test_a_request_without_credentials_is_refused(wire, authorization):
    headers = headers_without(wire, "authorization")
    if authorization is not None:
        headers["Authorization"] = authorization
    answer = wire.exchange("POST", "/", LIST, headers)
    assert (answer.status, answer.json["__type"]) == (400, "com.amazon.coral.service#MissingAuthenticationTokenException")
    assert answer.error[1] == "Request is missing Authentication Token"


INCOMPLETE = {
    "no credential": ("AWS4-HMAC-SHA256 SignedHeaders=host, Signature=0", "Authorization header requires 'Credential' parameter. "),
    "no signature": ("AWS4-HMAC-SHA256 Credential=a/20261120/us-east-1/dynamodb/aws4_request, SignedHeaders=host",
                     "Authorization header requires 'Signature' parameter. "),
    "no signed headers": ("AWS4-HMAC-SHA256 Credential=a/20261120/us-east-1/dynamodb/aws4_request, Signature=0",
                          "Authorization header requires 'SignedHeaders' parameter. "),
    "nothing": ("AWS4-HMAC-SHA256", "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. "
                                    "Authorization header requires 'SignedHeaders' parameter. "),
}


# All that is missing is told at once, and the header is echoed.
@pytest.mark.parametrize("case", INCOMPLETE)
def test_an_incomplete_signature_is_refused(wire, case):
    authorization, text = INCOMPLETE[case]
    answer = wire.exchange("POST", "/", LIST, {**headers_without(wire, "authorization"), "Authorization": authorization})
    assert answer.json["__type"] == "com.amazon.coral.service#IncompleteSignatureException"
    assert answer.error[1] == f"{text}Authorization={authorization}"


def test_a_signature_without_a_date_is_refused(wire):
    headers = headers_without(wire, "x-amz-date")
    answer = wire.exchange("POST", "/", LIST, headers)
    assert answer.error == ("IncompleteSignatureException",
                            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
                            f"Authorization={headers['Authorization']}")


def test_two_signatures_are_refused(wire):
    answer = wire.exchange("POST", "/?X-Amz-Algorithm=AWS4-HMAC-SHA256", LIST, wire.signed_headers("ListTables", LIST))
    assert answer.error == ("InvalidSignatureException",
                            "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")


def test_an_incomplete_signature_in_the_query_is_refused(wire):
    answer = wire.exchange("POST", "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261120T000000Z", LIST, headers_without(wire, "authorization"))
    assert answer.error == ("IncompleteSignatureException",
                            "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Signature'. "
                            "AWS query-string parameters must include 'X-Amz-SignedHeaders'. Re-examine the query-string parameters.")


# Users of DynamoDB Local type any key; some of them are not alphanumeric.
@pytest.mark.parametrize("key", ["dummy", "a-b_c.d", "test:key", "AKIAIOSFODNN7EXAMPLE", "123456789012", "x"])
def test_any_access_key_is_accepted(wire, target, key):
    if target == "aws":
        pytest.skip("AWS knows its own keys")
    headers = wire.signed_headers("ListTables", LIST)
    headers["Authorization"] = headers["Authorization"].replace("Credential=compattests/", f"Credential={key}/")
    assert wire.exchange("POST", "/", LIST, headers).status == 200


@pytest.mark.parametrize("name", ["us-east-1", "eu-central-1", "localhost", "local-env", "ddblocal"])
def test_any_region_is_accepted(wire, target, name):
    if target == "aws":
        pytest.skip("AWS knows its own regions")
    headers = wire.signed_headers("ListTables", LIST)
    headers["Authorization"] = headers["Authorization"].replace("/us-east-1/", f"/{name}/")
    assert wire.exchange("POST", "/", LIST, headers).status == 200


# Broken JSON is found before the missing signature, and the signature before an empty body.
def test_the_order_of_the_first_checks(wire):
    headers = headers_without(wire, "authorization")
    assert wire.exchange("POST", "/", b"{", headers).error[0] == "SerializationException"
    assert wire.exchange("POST", "/", b"{", headers_without(wire, "x-amz-target")).error[0] == "SerializationException"
    assert wire.exchange("POST", "/", LIST, headers_without(wire, "authorization", "x-amz-target")).error[0] == "UnknownOperationException"
    assert wire.exchange("POST", "/", b"", headers).error[0] == "MissingAuthenticationTokenException"


# --- Bodies -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [
    b"{", b"}", b"nothing", b'{"TableName": }', b'{"TableName": "a"', b'{"a":1}x', b'{"a":"\x01"}', b"{'a':1}", b'{"a":01}', b'{"a":"\\x"}',
    b'{"a":1,}', b"\x00", b"\xff\xfe", b'{"a":"\xff"}', b'{"a":nul}', b'"',
], ids=lambda body: repr(body)[2:-1].replace("/", "").replace("\\", "")[:20])
def test_what_is_no_json_is_refused_without_a_text(wire, body):
    answer = wire.call("GetItem", body)
    assert (answer.status, answer.json) == (400, {"__type": "com.amazon.coral.service#SerializationException"})


@pytest.mark.parametrize("body", [b"", b"[]", b'"text"', b"1", b"null", b"true"])
def test_what_is_no_object_is_refused(wire, body):
    answer = wire.call("GetItem", body)
    assert (answer.status, answer.error[0]) == (400, "SerializationException")


# A body may nest deeper than any stack.
@pytest.mark.parametrize("body", [
    b"[" * 100_000, b'{"a":' * 100_000, b'{"TableName":"x","Item":{"pk":' + b'{"M":{"a":' * 50_000 + b"1" + b"}}" * 50_000 + b"}}",
], ids=["arrays", "objects", "values"])
def test_deep_nesting_is_refused_and_survived(wire, body):
    answer = wire.call("PutItem", body)
    assert answer.status == 400
    assert wire.call("ListTables", LIST).status == 200


def test_unknown_members_are_ignored(wire):
    assert wire.call("ListTables", {"Limit": 1, "Unknown": {"a": [1, 2, {"b": None}]}, "unknown": "x"}).status == 200


# A member that is null equals one that is absent.
def test_null_is_absent(wire):
    assert wire.call("ListTables", {"Limit": None, "ExclusiveStartTableName": None}).status == 200


def test_blanks_around_the_body_are_fine(wire):
    assert wire.call("ListTables", b' \r\n\t{ "Limit" : 1 }\n ').status == 200


def test_escapes_are_read(wire, hash_table):
    pk = random_key()
    body = b'{"TableName":"%s","Item":{"pk":{"S":"%s"},"\\u0061":{"S":"\\ud83d\\ude00\\n\\u0000"}}}' % (hash_table.encode(), pk.encode())
    assert wire.call("PutItem", body).status == 200
    item = wire.call("GetItem", {"TableName": hash_table, "Key": {"pk": {"S": pk}}}).json["Item"]
    assert item["a"] == {"S": "\U0001f600\n\x00"}


# What the reader expects at a place, and what AWS's Java says when it finds something else.
CLASS = "class com.amazonaws.dynamodb.v20120810."
TYPES = {
    "String: true": ({"TableName": True}, "TRUE_VALUE cannot be converted to String"),
    "String: false": ({"TableName": False}, "FALSE_VALUE cannot be converted to String"),
    "String: integer": ({"TableName": 23}, "NUMBER_VALUE cannot be converted to String"),
    "String: decimal": ({"TableName": -2.5}, "DECIMAL_VALUE cannot be converted to String"),
    "String: array": ({"TableName": []}, "Unrecognized collection type class java.lang.String"),
    "String: object": ({"TableName": {}}, "Start of structure or map found where not expected"),
    "Boolean: integer": ({"ConsistentRead": 1}, "NUMBER_VALUE cannot be converted to Boolean"),
    "Boolean: text": ({"ConsistentRead": "maybe"}, "Unexpected token received from parser"),
    "Boolean: array": ({"ConsistentRead": []}, "Unrecognized collection type class java.lang.Boolean"),
    "Boolean: object": ({"ConsistentRead": {}}, "Start of structure or map found where not expected"),
    "Map: text": ({"Key": "a"}, "Unexpected field type"),
    "Map: array": ({"Key": []}, "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>"),
    "AttributeValue: text": ({"Key": {"a": "x"}}, "Unexpected value type in payload"),
    "AttributeValue: array": ({"Key": {"a": []}}, f"Unrecognized collection type {CLASS}AttributeValue"),
    "S: integer": ({"Key": {"a": {"S": 1}}}, "NUMBER_VALUE cannot be converted to String"),
    # A number stands in a string; without its quotes it is no value of ours.
    "N: integer": ({"Key": {"a": {"N": 123}}}, "NUMBER_VALUE cannot be converted to String"),
    "BOOL: text": ({"Key": {"a": {"BOOL": "maybe"}}}, "Unexpected token received from parser"),
    "B: boolean": ({"Key": {"a": {"B": True}}}, "only base-64-encoded strings are convertible to bytes"),
    "B: array": ({"Key": {"a": {"B": []}}}, "Unrecognized collection type class java.nio.ByteBuffer"),
    "B: object": ({"Key": {"a": {"B": {}}}}, "Start of structure or map found where not expected"),
    "B: short": ({"Key": {"a": {"B": "abc"}}}, "Base64 encoded length is expected a multiple of 4 bytes but found: 3"),
    "B: bad tail": ({"Key": {"a": {"B": "////AB=="}}}, "Invalid last non-pad Base64 character dectected"),
    "SS: text": ({"Key": {"a": {"SS": "x"}}}, "Unexpected field type"),
    "SS: object": ({"Key": {"a": {"SS": {}}}}, "Start of structure or map found where not expected"),
    "SS: integer inside": ({"Key": {"a": {"SS": [1]}}}, "NUMBER_VALUE cannot be converted to String"),
    "L: text": ({"Key": {"a": {"L": "x"}}}, "Unexpected field type"),
    "L: object": ({"Key": {"a": {"L": {}}}}, "Start of structure or map found where not expected"),
    "L: text inside": ({"Key": {"a": {"L": ["x"]}}}, "Unexpected value type in payload"),
    "M: text": ({"Key": {"a": {"M": "x"}}}, "Unexpected field type"),
    "names: text": ({"ExpressionAttributeNames": "x"}, "Unexpected field type"),
}


@pytest.mark.parametrize("case", TYPES)
def test_json_types(wire, case):
    body, text = TYPES[case]
    answer = wire.call("GetItem", {"TableName": "abc", "Key": {"pk": {"S": "a"}}, **body})
    assert (answer.status, *answer.error) == (400, "SerializationException", text)


INTEGERS = {"text": ("x", "STRING_VALUE cannot be converted to Integer"), "true": (True, "TRUE_VALUE cannot be converted to Integer"),
            "array": ([], "Unrecognized collection type class java.lang.Integer"), "object": ({}, "Start of structure or map found where not expected")}


@pytest.mark.parametrize("case", INTEGERS)
def test_integers(wire, case):
    value, text = INTEGERS[case]
    answer = wire.call("ListTables", {"Limit": value})
    assert (answer.status, *answer.error) == (400, "SerializationException", text)


# A fraction is cut off, not refused.
def test_a_decimal_is_cut_to_an_integer(wire):
    assert wire.call("ListTables", b'{"Limit":1.9}').status == 200


STRUCTURES = {
    "structure in a list: text": ("CreateTable", {"KeySchema": ["x"]}, "Unexpected value type in payload"),
    "structure in a list: array": ("CreateTable", {"KeySchema": [[]]}, f"Unrecognized collection type {CLASS}KeySchemaElement"),
    "structure: text": ("CreateTable", {"ProvisionedThroughput": "x"}, "Unexpected field type"),
    "structure: array": ("CreateTable", {"ProvisionedThroughput": []}, f"Unrecognized collection type {CLASS}ProvisionedThroughput"),
    "Long: text": ("CreateTable", {"ProvisionedThroughput": {"ReadCapacityUnits": "x"}}, "STRING_VALUE cannot be converted to Long"),
    "list: text": ("CreateTable", {"KeySchema": "x"}, "Unexpected field type"),
    "list: object": ("CreateTable", {"KeySchema": {}}, "Start of structure or map found where not expected"),
}


@pytest.mark.parametrize("case", STRUCTURES)
def test_json_structures(wire, case):
    operation, body, text = STRUCTURES[case]
    answer = wire.call(operation, body)
    assert (answer.status, *answer.error) == (400, "SerializationException", text)


# The types are judged before any value.
def test_a_type_beats_a_bad_value(wire):
    answer = wire.call("PutItem", {"TableName": "", "Item": {"pk": {"N": 1}}, "ReturnValues": "X"})
    assert answer.error[0] == "SerializationException"


@pytest.mark.parametrize("value", ["ab==", "YW Jj", "YWJj\n", "YW-_"], ids=["tail bits", "blank", "line", "url alphabet"])
def test_base64_is_strict(wire, hash_table, value):
    answer = wire.call("PutItem", {"TableName": hash_table, "Item": {"pk": {"S": "a"}, "b": {"B": value}}})
    assert (answer.status, answer.error[0]) == (400, "SerializationException")


# --- Sizes ------------------------------------------------------------------------------------------


def test_a_body_of_16_megabytes_is_read(wire):
    body = b'{"Limit":1,"x":"' + b"x" * (BODY_LIMIT - 18) + b'"}'
    assert len(body) == BODY_LIMIT
    assert wire.call("ListTables", body).status == 200


def status_of_stream(wire, head, chunks):
    """The answer's status while a body is being sent; the server may answer and close before it has read all."""
    plain = wire.open_socket()
    try:
        plain.sendall(head)
        try:
            for chunk in chunks:
                plain.sendall(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass
        answer = AnswerReader(plain).next()
        return answer and answer.status
    finally:
        plain.close()


def test_a_larger_body_is_refused(wire):
    headers = wire.signed_headers("ListTables", b"")
    head = "POST / HTTP/1.1\r\nHost: x\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + f"Content-Length: {BODY_LIMIT + 1}\r\n\r\n"
    assert status_of_stream(wire, head.encode(), []) == 413


# Without a length the limit shows only while reading.
def test_a_larger_chunked_body_is_refused(wire):
    headers = wire.signed_headers("ListTables", b"")
    head = "POST / HTTP/1.1\r\nHost: x\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "Transfer-Encoding: chunked\r\n\r\n"
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    assert status_of_stream(wire, head.encode(), [chunk] * 16 + [b"2\r\n{}\r\n0\r\n\r\n"]) == 413


@pytest.mark.parametrize("head", [
    "POST / HTTP/1.1\r\nHost: x\r\nX-Long: " + "x" * 20_000 + "\r\n\r\n", "POST /" + "x" * 20_000 + " HTTP/1.1\r\nHost: x\r\n\r\n",
], ids=["header", "request line"])
def test_a_header_of_20_kilobytes_is_refused(wire, head):
    assert status_of_stream(wire, head.encode(), []) == 400


@pytest.mark.parametrize("head", [
    b"NONSENSE\r\n\r\n", b"POST / HTTP/1.1\r\nHost\r\n\r\n", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40 + b"\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
], ids=["no request", "no colon", "length is text", "length is negative", "TLS", "bad chunk"])
def test_what_is_no_http_is_refused(wire, head):
    assert status_of_stream(wire, head, []) in (400, None)
    assert wire.call("ListTables", LIST).status == 200


# --- Encodings --------------------------------------------------------------------------------------


COMPRESSED = {
    "gzip": ("gzip", gzip.compress(LIST)), "deflate": ("deflate", zlib.compress(LIST)),
    # A gzip file may be several, one behind the other.
    "two gzip members": ("gzip", gzip.compress(LIST[:5]) + gzip.compress(LIST[5:])),
}


@pytest.mark.parametrize("case", COMPRESSED)
def test_compressed_bodies_are_read(wire, case):
    encoding, body = COMPRESSED[case]
    answer = wire.call("ListTables", body, **{"Content-Encoding": encoding})
    assert answer.status == 200
    assert "TableNames" in answer.json


@pytest.mark.parametrize("encoding, body", [("gzip", LIST), ("gzip", b""), ("gzip", gzip.compress(LIST)[:-4]), ("deflate", LIST)],
                         ids=["no gzip", "nothing", "cut", "no deflate"])
def test_corrupt_compressed_bodies_fail(wire, encoding, body):
    answer = wire.call("ListTables", body, **{"Content-Encoding": encoding})
    assert answer.status == 500
    assert answer.error[0].startswith("Internal")


def test_an_unknown_encoding_writes_nothing(wire, hash_table):
    pk = random_key()
    assert wire.call("PutItem", {"TableName": hash_table, "Item": {"pk": {"S": pk}}}, **{"Content-Encoding": "br"}).status >= 400
    assert wire.call("GetItem", {"TableName": hash_table, "Key": {"pk": {"S": pk}}}).body == b"{}"


# The limit holds for what is unpacked, too.
def test_a_bomb_is_refused(wire):
    assert wire.call("ListTables", gzip.compress(b" " * (BODY_LIMIT + 100)), **{"Content-Encoding": "gzip"}).status in (400, 413)


@pytest.fixture(scope="module")
def long_item(ddb, hash_table):
    key = {"pk": {"S": random_key()}}
    ddb.put_item(TableName=hash_table, Item={**key, "x": {"S": "x" * 20_000}})
    return {"TableName": hash_table, "Key": key}


@pytest.mark.parametrize("encoding, unpack", [("gzip", gzip.decompress), ("deflate", zlib.decompress)])
def test_long_answers_are_compressed_on_request(wire, long_item, encoding, unpack):
    answer = wire.call("GetItem", long_item, **{"Accept-Encoding": encoding})
    assert answer.headers["content-encoding"] == encoding
    assert int(answer.headers["x-amz-crc32"]) == zlib.crc32(answer.body)
    assert len(json.loads(unpack(answer.body))["Item"]["x"]["S"]) == 20_000


@pytest.mark.parametrize("encoding", ["identity", "gzip;q=0", "br"])
def test_answers_are_not_compressed_otherwise(wire, long_item, encoding):
    answer = wire.call("GetItem", long_item, **{"Accept-Encoding": encoding})
    assert "content-encoding" not in answer.headers
    assert answer.json["Item"]


# Up to 4 KB compression is not worth it.
def test_short_answers_are_not_compressed(wire):
    assert "content-encoding" not in wire.call("ListTables", LIST, **{"Accept-Encoding": "gzip"}).headers


# --- CORS -------------------------------------------------------------------------------------------


def test_an_origin_is_allowed(wire):
    assert wire.call("ListTables", LIST, Origin="http://example.com").headers["access-control-allow-origin"] == "*"


def test_without_an_origin_nothing_is_said(wire):
    assert not [name for name in wire.call("ListTables", LIST).headers if name.startswith("access-control")]


# Browsers ask first.
def test_a_preflight_is_answered(wire):
    answer = wire.exchange("OPTIONS", "/", None, {
        "Origin": "http://example.com", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-amz-target, content-type"})
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert answer.headers["access-control-allow-headers"] == "x-amz-target, content-type"
    assert answer.headers["access-control-max-age"] == "172800"


# --- Connections ------------------------------------------------------------------------------------


def test_a_connection_is_kept(wire):
    connection = wire.connect()
    for operation in ("ListTables", "NoSuchOperation", "GetItem", "ListTables"):
        answer = wire.call(operation, b"{}", connection=connection)
        assert answer.headers.get("connection", "keep-alive").lower() == "keep-alive"
    connection.close()


def test_a_connection_is_closed_on_request(wire):
    plain = wire.open_socket()
    plain.sendall(wire.raw_request("ListTables", LIST, extra=["Connection: close"]))
    answers = AnswerReader(plain)
    assert answers.next().status == 200
    assert answers.next() is None
    plain.close()


# Many requests before the first answer is read; the answers keep their order.
def test_pipelined_requests_are_answered_in_order(wire):
    plain = wire.open_socket()
    plain.sendall(b"".join(wire.raw_request("ListTables", json.dumps({"Limit": -number}).encode()) for number in range(1, 51)))
    answers = AnswerReader(plain)
    for number in range(1, 51):
        assert f"Value '-{number}' at 'limit'" in answers.next().error[1]
    plain.close()


def test_a_request_may_come_byte_by_byte(wire):
    plain = wire.open_socket()
    for byte in wire.raw_request("ListTables", LIST):
        plain.sendall(bytes([byte]))
    assert AnswerReader(plain).next().status == 200
    plain.close()


def chunked(wire, body, size, trailer=b""):
    headers = wire.signed_headers("ListTables", body)
    head = "POST / HTTP/1.1\r\nHost: x\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "Transfer-Encoding: chunked\r\n\r\n"
    parts = [body[at:at + size] for at in range(0, len(body), size)]
    return head.encode() + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n" + trailer + b"\r\n"


# Go's Lambda client sends trailers.
@pytest.mark.parametrize("size, trailer", [(1, b""), (100, b""), (3, b"X-Trailer: a\r\n")], ids=["bytes", "one", "trailer"])
def test_chunked_bodies_are_read(wire, size, trailer):
    plain = wire.open_socket()
    plain.sendall(chunked(wire, LIST, size, trailer))
    assert AnswerReader(plain).next().status == 200
    plain.close()


# Java clients wait for this before they send the body.
def test_an_expected_continue_is_given(wire):
    request = wire.raw_request("ListTables", LIST, extra=["Expect: 100-continue"])
    plain = wire.open_socket()
    plain.sendall(request[:-len(LIST)])
    answers = AnswerReader(plain)
    assert answers.next().status == 100
    plain.sendall(LIST)
    assert answers.next().status == 200
    plain.close()


# A client with HTTP_PROXY names the whole address; only the path counts.
@pytest.mark.parametrize("request_target", ["http://dynamodb.us-east-1.amazonaws.com/", "http://dynamodb.us-east-1.amazonaws.com", "HTTP://x:80/"])
def test_absolute_targets_are_accepted(wire, request_target):
    plain = wire.open_socket()
    plain.sendall(wire.raw_request("ListTables", LIST, target=request_target))
    assert AnswerReader(plain).next().status == 200
    plain.close()


def test_any_host_is_accepted(wire):
    plain = wire.open_socket()
    request = re.sub(rb"\r\nHost: [^\r]+", b"\r\nHost: dynamodb.eu-west-1.amazonaws.com", wire.raw_request("ListTables", LIST))
    plain.sendall(request)
    assert AnswerReader(plain).next().status == 200
    plain.close()


# Pumice is no tunnel: a client that wants one learns so instead of waiting.
def test_connect_is_refused(wire):
    plain = wire.open_socket()
    plain.sendall(b"CONNECT dynamodb.us-east-1.amazonaws.com:443 HTTP/1.1\r\nHost: dynamodb.us-east-1.amazonaws.com:443\r\n\r\n")
    answer = AnswerReader(plain).next()
    assert answer is None or answer.status >= 400
    plain.close()


# A client that goes away in the middle writes nothing and disturbs nobody.
@pytest.mark.parametrize("left_out", [1, 20, 200])
def test_a_truncated_request_does_nothing(wire, hash_table, left_out):
    pk = random_key()
    body = json.dumps({"TableName": hash_table, "Item": {"pk": {"S": pk}}}).encode()
    plain = wire.open_socket()
    plain.sendall(wire.raw_request("PutItem", body)[:-left_out])
    plain.close()
    assert wire.call("GetItem", {"TableName": hash_table, "Key": {"pk": {"S": pk}}}).body == b"{}"


def test_100_connections_at_once(wire):
    sockets = [wire.open_socket() for _ in range(100)]
    request = wire.raw_request("ListTables", LIST)
    for plain in sockets:
        plain.sendall(request)
    assert [AnswerReader(plain).next().status for plain in sockets] == [200] * 100
    for plain in sockets:
        plain.close()
