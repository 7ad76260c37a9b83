# SPDX-License-Identifier: Apache-2.0
"""ExecuteStatement: SELECT by key, by partition, by index and by scan; INSERT, UPDATE, DELETE; texts and their order."""

import re

import pytest

from support.errors import CONDITION_FAILED, EMPTY_KEY, ENV, FSC, NEST, NOT_A_NUMBER, NOT_FOUND, P, UNDERFLOW, invalid, refused
from support.tables import random_key
from support.values import B, L, M, N, NULL, S, SS, TRUE

WF = "Statement wasn't well formed, can't be processed: "
NO_EQUALITY = "Where clause does not contain a mandatory equality on all key attributes"
OVERLAP = "Overlapping conditions with range keys are not supported in where clause"


@pytest.fixture
def run(ddb):
    """run(statement, parameters..., more members) -> Items."""
    def call(statement, *parameters, **more):
        if parameters:
            more["Parameters"] = list(parameters)
        return ddb.execute_statement(Statement=statement, **more)["Items"]
    return call


@pytest.fixture(scope="module")
def letters(ddb, range_table):
    """A partition with the sort keys a...e, n = 1...5."""
    pk = random_key()
    for n, sk in enumerate("abcde", 1):
        ddb.put_item(TableName=range_table, Item={"pk": S(pk), "sk": S(sk), "n": N(n), "m": M(z=S("last"), k=L(N(1), N(n)))})
    return pk


@pytest.fixture
def item(ddb, range_table):
    """The key of an item of many types."""
    pk = random_key()
    ddb.put_item(TableName=range_table, Item={"pk": S(pk), "sk": S("1"), "n": N(1), "l": L(S("a"), S("b"), S("c")),
                                              "ss": SS("x", "y"), "m": M(a=N(1), b=N(2)), "t": TRUE})
    return pk


# --- SELECT -----------------------------------------------------------------------------------------

WHERE = {
    "the key": ("sk = 'b'", "b"),
    "a range": ("sk > 'b'", "cde"),
    "BETWEEN": ("sk BETWEEN 'b' AND 'd'", "bcd"),
    "begins_with": ("begins_with(sk, 'c')", "c"),
    "a filter": ("n >= 4", "de"),
    "numbers with exponents": ("n IN [.1e1, 20e-1, 3E+0]", "abc"),
    "another type": ("n <> '1'", "abcde"),
    "NOT": ("NOT sk = 'a'", "bcde"),
    "a nested path": ("m.k[1] = 2", "b"),
    "IS MISSING": ("q IS MISSING AND n < 2", "a"),
    "a type": ("m IS STRUCT AND n IS NOT STRING AND sk = 'a'", "a"),
    "a function in any case": ("SIZE(m) = 2 AND Attribute_Exists(n) = true AND sk = 'a'", "a"),
    "comments": ("sk = /* here */ 'a' -- and to the end", "a"),
}


@pytest.mark.parametrize("case", WHERE)
def test_finds(run, range_table, letters, case):
    where, wanted = WHERE[case]
    items = run(f"SELECT sk FROM \"{range_table}\" WHERE pk = '{letters}' AND {where}")
    assert "".join(item["sk"]["S"] for item in items) == wanted


# OR over the sort key: overlapping branches are refused, but not beside a negated one.
@pytest.mark.parametrize("branches, wanted", [
    ("sk = 'a' | sk = 'c'", "ac"), ("sk < 'b' | sk > 'd'", "ae"), ("sk = 'a' | NOT sk = 'a'", "abcde"),
    ("sk = 'a' | sk <> 'b'", "acde"), ("n = 1 | n = 2", "ab")])
def test_or_is_the_union(run, range_table, letters, branches, wanted):
    where = " OR ".join(f"pk = '{letters}' AND {branch}" for branch in branches.split("|"))
    assert sorted(item["sk"]["S"] for item in run(f'SELECT sk FROM "{range_table}" WHERE {where}')) == sorted(wanted)


@pytest.mark.parametrize("branches", ["sk > 'a' | sk > 'b'", "sk = 'a' | sk = 'a'", "begins_with(sk, 'a') | sk = 'ab'"])
def test_overlapping_branches(run, range_table, letters, branches):
    where = " OR ".join(f"pk = '{letters}' AND {branch}" for branch in branches.split("|"))
    with invalid(OVERLAP):
        run(f'SELECT * FROM "{range_table}" WHERE {where}')


# Their OR is about other attributes: there is one condition on the sort key, and nothing that it could overlap with.
@pytest.mark.parametrize("where, wanted", [
    ("sk = 'b' AND (n = 1 OR n = 2)", "b"), ("sk < 'd' AND (n = 1 OR n = 3 OR n = 5)", "ac"), ("sk IN ['a', 'b'] AND (n = 9 OR t IS MISSING)", "ab")])
def test_a_filter_with_or_beside_the_sort_key(run, range_table, letters, where, wanted):
    assert [item["sk"]["S"] for item in run(f"SELECT sk FROM \"{range_table}\" WHERE pk = '{letters}' AND {where}")] == list(wanted)


def test_columns_have_the_last_name_of_their_path(run, range_table, letters):
    items = run(f"SELECT m.z, m.k[1], \"no such\", n FROM \"{range_table}\" WHERE pk = ? AND sk = ?", S(letters), S("c"))
    assert items == [{"z": S("last"), "k[1]": N(3), "n": N(3)}]


def test_order_by(run, range_table, letters):
    items = run(f"SELECT sk FROM \"{range_table}\" WHERE pk = '{letters}' AND sk < 'd' ORDER BY sk DESC")
    assert [item["sk"]["S"] for item in items] == ["c", "b", "a"]


# Limit counts what is looked at, not what matches; the token leads to the rest.
def test_pages(ddb, range_table, letters):
    statement = f"SELECT sk FROM \"{range_table}\" WHERE pk = '{letters}' AND n <> 2"
    seen, more, pages = [], {}, 0
    while True:
        answer = ddb.execute_statement(Statement=statement, Limit=2, **more)
        seen += [item["sk"]["S"] for item in answer["Items"]]
        pages += 1
        if "NextToken" not in answer:
            break
        assert answer["LastEvaluatedKey"]["pk"] == S(letters)
        more = {"NextToken": answer["NextToken"]}
    assert (seen, pages) == (["a", "c", "d", "e"], 3)
    first = ddb.execute_statement(Statement=statement, Limit=1)
    with invalid("NextToken does not match request"):
        ddb.execute_statement(Statement=statement + " AND n <> 3", NextToken=first["NextToken"])
    with invalid("Invalid NextToken"):
        ddb.execute_statement(Statement=statement, NextToken="garbage")


def test_a_scan_sees_everything(ddb, hash_table):
    pk = random_key()
    ddb.put_item(TableName=hash_table, Item={"pk": S(pk), "tag": S(pk)})
    statement, items, more = f"SELECT pk FROM {hash_table} WHERE tag = '{pk}'", [], {}
    while True:
        answer = ddb.execute_statement(Statement=statement, **more)
        items += answer["Items"]
        if "NextToken" not in answer:
            break
        more = {"NextToken": answer["NextToken"]}
    assert items == [{"pk": S(pk)}]


@pytest.mark.parametrize("consistent, units", [(False, 0.5), (True, 1.0)])
def test_units_of_a_read(ddb, range_table, letters, consistent, units):
    for where in ("sk = 'a'", "sk = 'none'", "sk > 'a'", "n = 99"):
        answer = ddb.execute_statement(Statement=f"SELECT * FROM \"{range_table}\" WHERE pk = '{letters}' AND {where}",
                                       ConsistentRead=consistent, ReturnConsumedCapacity="TOTAL")
        assert answer["ConsumedCapacity"] == {"TableName": range_table, "CapacityUnits": units}


# --- indexes ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def indexed(ddb, index_table):
    """One item that is in every index."""
    pk = random_key()
    ddb.put_item(TableName=index_table, Item={"pk": S(pk), "sk": S("1"), "l": S("l1"), "m": N(1), "g": S(pk), "h": S(pk),
                                              "named": S("n"), "other": S("o")})
    return pk


def test_an_index_gives_what_it_holds(run, index_table, indexed):
    assert run(f'SELECT * FROM "{index_table}"."global_keys" WHERE g = ?', S(indexed)) == [
        {"pk": S(indexed), "sk": S("1"), "g": S(indexed), "h": S(indexed)}]


# A local index fetches what it lacks, and that is charged; a global one refuses.
def test_columns_outside_the_projection(ddb, run, index_table, indexed):
    answer = ddb.execute_statement(Statement=f'SELECT other FROM "{index_table}"."local_keys" WHERE pk = ? AND m = ?',
                                   Parameters=[S(indexed), N(1)], ReturnConsumedCapacity="INDEXES")
    assert answer["Items"] == [{"other": S("o")}]
    capacity = answer["ConsumedCapacity"]
    assert (capacity["Table"]["CapacityUnits"], capacity["LocalSecondaryIndexes"]["local_keys"]["CapacityUnits"]) == (0.5, 0.5)
    with invalid(f"{P}Global secondary index global_keys does not project [other, named]"):
        run(f'SELECT other, g, named FROM "{index_table}"."global_keys" WHERE g = ?', S(indexed))


def test_a_filter_outside_the_projection(run, index_table, indexed):
    with invalid(f"{P}Secondary index global_keys does not project one or more filter attributes: [other]"):
        run(f'SELECT * FROM "{index_table}"."global_keys" WHERE g = ? AND other = \'o\'', S(indexed))
    # Without the index's key it is legal and sees nothing.
    assert run(f'SELECT * FROM "{index_table}"."global_keys" WHERE other = ?', S("o")) == []


@pytest.mark.parametrize("source, more, text", [
    ('"{t}"."none"', {"ConsistentRead": True}, "The table does not have the specified index"),
    ('"{t}"."{t}"', {}, "The table does not have the specified index"),
    ('"{t}"."global_all"', {"ConsistentRead": True}, "Strongly consistent read is not supported on Global Secondary Indexes"),
    ('"{t}"."global_all"."x"', {}, "A path may contain at most 2 components in the FROM clause"),
    ('"{t}".""', {}, "Path component cannot be an empty string"),
])
def test_bad_index(run, index_table, source, more, text):
    with invalid(text):
        run(f"SELECT * FROM {source.format(t=index_table)}", **more)


# --- writes -----------------------------------------------------------------------------------------


def test_insert(ddb, run, range_table):
    pk = random_key()
    statement = f"INSERT INTO \"{range_table}\" VALUE {{'pk': ?, 'sk': '1', 'n': -.5e1, 'l': [1, ?], 'ss': <<'b', 'a'>>, 'x': NULL}}"
    assert run(statement, S(pk), B(b"\x00")) == []
    assert ddb.get_item(TableName=range_table, Key={"pk": S(pk), "sk": S("1")})["Item"] == {
        "pk": S(pk), "sk": S("1"), "n": N(-5), "l": L(N(1), B(b"\x00")), "ss": SS("a", "b"), "x": NULL}
    with refused("DuplicateItemException", "Duplicate primary key exists in table"):
        run(statement, S(pk), B(b"\x00"))


RETURNED = {
    "ALL OLD keeps the key": ("SET n = 2", "ALL OLD", "old"),
    "ALL NEW keeps the key": ("SET n = 2", "ALL NEW", "new"),
    "MODIFIED NEW": ("SET n = n + 1, m.a = 5", "MODIFIED NEW", {"n": N(2), "m": M(a=N(5))}),
    "MODIFIED OLD": ("SET n = n + 1, m.a = 5", "MODIFIED OLD", {"n": N(1), "m": M(a=N(1))}),
    "list elements close up": ("SET l[2] = 'y', l[0] = 'x'", "MODIFIED NEW", {"l": L(S("x"), S("y"))}),
    "a removed element, old": ("REMOVE l[1]", "MODIFIED OLD", {"l": L(S("b"))}),
    "a removed element, new": ("REMOVE l[1]", "MODIFIED NEW", {"l": L(S("c"))}),
    "a removed last element": ("REMOVE l[2]", "MODIFIED NEW", None),
    "appended far behind the end": ("SET l[9] = 'd'", "MODIFIED NEW", None),
    "a set function": ("SET ss = set_add(ss, <<'z', 'x'>>)", "MODIFIED NEW", {"ss": SS("x", "y", "z")}),
}


@pytest.mark.parametrize("case", RETURNED)
def test_update_returns(ddb, run, range_table, item, case):
    clauses, returning, wanted = RETURNED[case]
    key = {"pk": S(item), "sk": S("1")}
    old = ddb.get_item(TableName=range_table, Key=key)["Item"]
    returned = run(f"UPDATE \"{range_table}\" {clauses} WHERE pk = '{item}' AND sk = '1' RETURNING {returning} *")
    new = ddb.get_item(TableName=range_table, Key=key)["Item"]
    wanted = {"old": old, "new": new}.get(wanted, wanted) if isinstance(wanted, str) else wanted
    assert returned == ([] if wanted is None else [wanted])


# The clauses may follow a FROM, too.
def test_update_that_begins_with_from(run, range_table, item):
    assert run(f"from \"{range_table}\" where pk = '{item}' and sk = '1' and n = 1 set n = ? remove l returning modified new *",
               N(7)) == [{"n": N(7)}]


def test_update_needs_an_item_and_a_true_condition(ddb, run, range_table, item):
    with refused("ConditionalCheckFailedException", CONDITION_FAILED):
        run(f"UPDATE \"{range_table}\" SET n = 1 WHERE pk = '{item}' AND sk = 'none' AND attribute_not_exists(pk)")
    with refused("ConditionalCheckFailedException", CONDITION_FAILED):
        run(f"UPDATE \"{range_table}\" SET n = 1 WHERE pk = '{item}' AND sk = '1' AND n > 1")
    assert "Item" not in ddb.get_item(TableName=range_table, Key={"pk": S(item), "sk": S("none")})


# What is not there is gone: no condition is asked then.
def test_delete(run, range_table, item):
    assert run(f"DELETE FROM \"{range_table}\" WHERE pk = '{item}' AND sk = 'none' AND n = 99 RETURNING ALL OLD *") == []
    with refused("ConditionalCheckFailedException", CONDITION_FAILED):
        run(f"DELETE FROM \"{range_table}\" WHERE pk = '{item}' AND sk = '1' AND n = 99")
    [old] = run(f"DELETE FROM \"{range_table}\" WHERE pk = '{item}' AND sk = '1' RETURNING ALL OLD *")
    assert old["ss"] == SS("x", "y")
    assert run(f"SELECT * FROM \"{range_table}\" WHERE pk = '{item}' AND sk = '1'") == []


# --- refusals ---------------------------------------------------------------------------------------

# Found without a table: nothing of these looks whether the table is there.
STATIC = {
    "SELECT * FROM {t} WHERE pk = 1 foo": WF + "Unexpected token after expression",
    "SELECT * FROM {t} WHERE": WF + "Unexpected term",
    "SELECT * FROM": WF + "Unexpected term",
    "SELECT * FROM {t} WHERE pk = 'a' AND": WF + "Missing right-hand side expression of infix operator",
    "SELECT * FROM {t} WHERE ORDER BY pk": WF + "Unexpected keyword",
    "SELECT * FROM {t} WHERE IS NULL": WF + "Unexpected operator",
    "SELECT * FROM {t} WHERE x IS FOO": WF + "Expected type name",
    "DELETE FROM": WF + "Expected identifier for simple path",
    "SELECT m.inner FROM {t}": WF + "Invalid path dot component",
    "SELECT * FROM {t} # all": WF,
    "SELECT * FROM {t} WHERE a = 1e2147483648": WF,
    "SLECT * FROM {t}": WF + "Expected data manipulation",
    "x IS INT4": "Unsupported operation: IsType",
    "SELECT * FROM {t} AS x": "Aliasing is not supported",
    "SELECT a, a FROM {t}": "Duplicate identifiers in select clause: a",
    "INSERT INTO {t}.i VALUE {{'pk': 'a'}}": "FROM clause may only contain a single table name in data manipulation statements",
    "INSERT INTO {t} VALUE {{'pk': 'a', 'x': {{'y': 1e-131}}}}": UNDERFLOW + " under root.y",
    "INSERT INTO {t} VALUE {{'pk': 'a', 'x': <<>>}}": "Empty bags are not supported",
    "SELECT * FROM {t} WHERE a < TRUE":
        "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL",
    "SELECT * FROM {t} WHERE attribute_exists('a')":
        "Operator or function requires a document path; operator or function: attribute_exists",
    "DELETE FROM {t} WHERE pk = 'a' RETURNING MODIFIED OLD *":
        "Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is allowed in DELETE statements.",
    # DynamoDB Local's words from here to WHERE without a condition.
    "SELECT * FROM {t} WHERE a LIKE 'x%'": "Unsupported operator in Condition Expression. Operator: like",
    "SELECT * FROM {t} WHERE a = 1 + 1": "Unsupported operator in Condition Expression. Operator: +",
    "UPDATE {t} SET a = b * 2 WHERE pk = 'a'": "Unsupported operator in Update Expression. Operator: *",
    "SELECT * FROM {t} WHERE a = MISSING": "MISSING must be compared using IS operator",
    "SELECT * FROM {t} WHERE a": "WHERE clause must contain an expression that resolves to a boolean",
    "UPDATE {t} SET a = set_add(b, <<1>>) WHERE pk = 'a'":
        "The first argument to SET_ADD must equal the assignment value at 1:{column}:7",
    "SELECT * FROM {t} WHERE a = ?": "Number of parameters in request and statement don't match.",
}


@pytest.mark.parametrize("statement", STATIC)
def test_refused_before_the_table_is_looked_up(run, statement):
    table = "no_such_table"
    text = statement.format(t=table)
    with invalid(STATIC[statement].format(column=text.find("set_add") + 1)):
        run(text)


# Without the partition key in ORDER BY the partitions would have to be merged.
@pytest.mark.parametrize("where", ["pk IN ['{pk}', 'other']", "pk = '{pk}' OR pk = 'other'"])
def test_order_by_the_sort_key_of_several_partitions(run, range_table, letters, where):
    statement = f"SELECT sk FROM \"{range_table}\" WHERE {where.format(pk=letters)} ORDER BY "
    with invalid("Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause."):
        run(statement + "sk")
    assert [item["sk"]["S"] for item in run(statement + "pk, sk DESC")] == list("edcba")


# AWS documents the limit; the text is that of too many other values.
def test_more_than_50_partitions_in_one_in(run, range_table):
    def statement(count):
        return f"SELECT pk FROM \"{range_table}\" WHERE pk IN [{', '.join(repr(random_key()) for _ in range(count))}]"
    assert run(statement(50)) == []
    with invalid("The IN operator is provided with too many operands; number of operands: 51"):
        run(statement(51))


@pytest.mark.parametrize("parameter, text", [
    (N("abc"), NOT_A_NUMBER + ": abc"), (N(""), NOT_A_NUMBER), (N("1e2147483648"), NOT_A_NUMBER + ": 1e2147483648"),
    (N("1e2147483647"), UNDERFLOW), (L(N("1e2147483647")), UNDERFLOW)])
def test_bad_parameters_come_before_the_table(run, parameter, text):
    with invalid(text):
        run("SELECT * FROM no_such_table WHERE pk = ?", parameter)


def test_deep_parameter(run):
    value = N(1)
    for _ in range(40):
        value = M(a=value)
    with invalid(NEST):
        run("INSERT INTO no_such_table VALUE {'pk': ?}", value)


def test_unknown_table(run):
    with refused("ResourceNotFoundException", NOT_FOUND):
        run("SELECT * FROM no_such_table WHERE pk = 'a'")


WITH_TABLE = {
    "UPDATE {t} SET n = 1 WHERE pk = 'a'": NO_EQUALITY,
    "FROM {t} REMOVE n": NO_EQUALITY,
    "DELETE FROM {t} WHERE pk = 'a' AND sk > 'b'": NO_EQUALITY,
    "DELETE FROM {t}": NO_EQUALITY,
    "UPDATE {t} SET sk = 'b' WHERE pk = 'a' AND sk = 'b'": f"{P}Cannot update attribute sk. This attribute is part of the key",
    "SELECT * FROM {t} WHERE pk = ''": EMPTY_KEY + "pk",
    # Not PutItem's words; not measured, but what two emulators say.
    "INSERT INTO {t} VALUE {{'pk': 'a', 'sk': 1}}": "Key attribute's data type should match its data type in table's schema: Key sk",
    "SELECT attribute_exists(n) FROM {t}": "Unexpected path component at 1:8:16",
}


@pytest.mark.parametrize("statement", WITH_TABLE)
def test_refused_with_the_table(run, range_table, statement):
    with invalid(WITH_TABLE[statement]):
        run(statement.format(t=f'"{range_table}"'))


def test_constraints(ddb):
    with invalid(f"{ENV}Value '' at 'statement' {FSC}Member must have length greater than or equal to 1"):
        ddb.execute_statement(Statement="")
    with invalid(f"{ENV}Value '0' at 'limit' {FSC}Member must have value greater than or equal to 1"):
        ddb.execute_statement(Statement="SELECT * FROM t", Limit=0)
    with invalid(f"{ENV}Value '[]' at 'parameters' {FSC}Member must have length greater than or equal to 1"):
        ddb.execute_statement(Statement="SELECT * FROM t", Parameters=[])


# As long as AWS takes statements; whatever it says to this one, it says something.
@pytest.mark.parametrize("opening", ["(", "[", "<<", "NOT ", "{'a':"])
def test_deep_nesting_is_answered(ddb, opening):
    with refused("ValidationException", re.compile(".+", re.DOTALL)):
        ddb.execute_statement(Statement="SELECT * FROM t WHERE " + (opening * 8192)[:8100])
