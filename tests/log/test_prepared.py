"""A query compiled once says of every table what the same expression says in an engine of its own."""

from __future__ import annotations

import pyarrow as pa
import pytest

from takeup.log import Engine, Prepared, fetch

SCHEMA = pa.schema({"kind": pa.string(), "amount": pa.float64()})


def by_kind(t):
    return t.group_by("kind").aggregate(n=t.count(), most=t.amount.max()).order_by("kind")


def rows(*given):
    return pa.Table.from_pylist(
        [dict(zip(SCHEMA.names, one, strict=True)) for one in given], SCHEMA
    )


@pytest.mark.parametrize(
    "table", [rows(), rows(("a", 1.0), ("b", None), ("a", 3.0)), rows((None, 2.0))]
)
def test_it_answers_as_an_engine_does(table):
    assert Prepared(by_kind, SCHEMA).run(table).equals(fetch(by_kind(Engine().load(table))))


def test_it_keeps_nothing_of_the_rows_it_ran_on():
    query = Prepared(by_kind, SCHEMA)
    assert query.run(rows(("a", 1.0))).num_rows == 1
    assert query.run(rows()).num_rows == 0


def test_where_a_run_fails_the_next_one_is_right():
    query = Prepared(by_kind, SCHEMA)
    with pytest.raises(Exception, match="kind"):
        query.run(pa.table({"other": [1]}))
    assert query.run(rows(("a", 1.0))).to_pylist() == [{"kind": "a", "n": 1, "most": 1.0}]


def test_a_thread_that_ended_leaves_its_engine_to_the_next(monkeypatch):
    import threading
    from queue import LifoQueue

    from takeup.log import prepared

    made = []

    def engine(**given):
        made.append(Engine(**given))
        return made[-1]

    monkeypatch.setattr(prepared, "_idle", LifoQueue())
    monkeypatch.setattr(prepared, "Engine", engine)
    query, found = Prepared(by_kind, SCHEMA), []
    for n in range(3):
        given = rows(*[("a", float(n))] * (n + 1))
        one = threading.Thread(target=lambda given=given: found.append(query.run(given)))
        one.start()
        one.join()
    assert [table["n"].to_pylist() for table in found] == [[1], [2], [3]]
    assert len(made) == 1


def test_queries_at_once_do_not_see_each_other():
    from concurrent.futures import ThreadPoolExecutor

    query = Prepared(by_kind, SCHEMA)
    with ThreadPoolExecutor(4) as pool:
        given = [rows(*[("a", float(n))] * (n + 1)) for n in range(40)]
        found = list(pool.map(query.run, given))
    assert [table["n"].to_pylist() for table in found] == [[n + 1] for n in range(40)]
