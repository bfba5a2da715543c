"""What a sender hands over is a typed row or a refusal in words; never an exception."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from takeup.log.delta import to_arrow
from takeup.record.incoming import RECORD_KINDS, Refusal, Row, columns_of, read_row

DECISION = {
    "decision_id": "d1", "use_case": "credit", "decided_at": "2026-11-03T10:12:04+01:00",
    "recommendation": "approve", "choice": "decline",
}  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from(["2026-11-03T10:12:04Z", "0001-01-01T00:00:00+14:00", "assist", "high"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)  # fmt: skip
NAMES = sorted({c.name for kind in RECORD_KINDS for c in columns_of(kind)})


@settings(deadline=None, max_examples=300)
@given(
    kind=st.sampled_from(RECORD_KINDS),
    changes=st.dictionaries(st.sampled_from([*NAMES, "x_a", "x_b", "X_c", "other"]), ANYTHING),
)
def test_whatever_comes_is_a_row_the_log_can_hold_or_a_refusal(kind, changes):
    base = {**DECISION, "case_id": "c", "observed_at": "2026-11-04T00:00:00Z"}
    names = {c.name for c in columns_of(kind)} | {"eligible_at"}
    whole = {k: v for k, v in base.items() if k in names} | {"eligible_at": "2026-11-04T00:00:00Z"}
    if kind != "eligible":
        del whole["eligible_at"]
    found = read_row(kind, {**whole, **changes})
    if isinstance(found, Refusal):
        assert all(isinstance(reason, str) and ":" in reason for reason in found.reasons)
        return
    table = to_arrow(kind, [found.body(found.revision)], found.covariates, 1)
    assert table.num_rows == 1


@given(ANYTHING)
def test_what_is_no_object_is_refused(given_):
    found = read_row("decisions", given_)
    assert isinstance(found, Refusal)


def test_the_same_content_has_the_same_hash_in_any_order_zone_or_revision():
    one = read_row("decisions", DECISION)
    other = read_row(
        "decisions",
        {**dict(reversed(DECISION.items())), "decided_at": "2026-11-03T09:12:04Z", "revision": 4},
    )
    assert isinstance(one, Row)
    assert isinstance(other, Row)
    assert one.hash == other.hash
    assert read_row("decisions", {**DECISION, "choice": "approve"}).hash != one.hash


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"decided_at": "2026-11-03T10:12:04"}, "decided_at: a time needs its zone"),
        ({"decided_at": "0001-01-01T00:00:00+14:00"}, "between 1970 and 2200"),
        ({"confidence": 2}, "confidence: input should be less than or equal to 1 (given 2)"),
        ({"confidence": "0.5"}, "confidence: input should be a valid number (given '0.5')"),
        ({"stakes": "huge"}, "stakes: 'huge' is not one of 'low', 'medium' or 'high'"),
        ({"choice": None}, "choice: needed, unless the row says action or mode is off"),
        ({"use_case": " "}, "use_case:"),
        ({"revision": 0}, "revision: input should be greater than or equal to 1"),
        ({"x_Amount": 3}, "x_Amount: write x_ and up to 60"),
        ({"x_a": [1]}, "x_a: a covariate is text"),
        ({"x_a": 10**400}, "x_a: not a number that can be kept"),
        ({"colour": "red"}, "colour: not a canonical column"),
    ],
)
def test_every_mistake_is_named_with_its_field(changes, words):
    found = read_row("decisions", {**DECISION, **changes})
    assert isinstance(found, Refusal)
    assert any(words in reason for reason in found.reasons), found.reasons
