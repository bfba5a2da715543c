"""What was done is derived from facts: mode, whether the advice was seen, advice and choice."""

from __future__ import annotations

import pyarrow as pa
import pytest

from takeup.log import Engine, fetch
from takeup.record.action import with_action
from takeup.record.use_case import UseCase


@pytest.mark.parametrize(
    ("mode", "consulted", "choice", "action"),
    [
        ("off", None, "yes", "off"),
        ("shadow", False, "yes", "shadow"),
        ("shadow", None, "no", "shadow"),
        ("assist", True, "yes", "followed"),
        ("assist", True, "no", "overridden"),
        ("assist", False, "yes", "not_consulted"),
        ("assist", None, "yes", "agreed"),
        ("assist", None, "no", "differed"),
    ],
)
def test_the_action_follows_from_what_is_known(mode, consulted, choice, action):
    row = {"mode": mode, "consulted": consulted, "recommendation": "yes", "choice": choice}
    schema = pa.schema(
        {
            "mode": pa.string(),
            "consulted": pa.bool_(),
            "recommendation": pa.string(),
            "choice": pa.string(),
        }
    )
    table = Engine().load(pa.Table.from_pylist([row], schema))
    assert fetch(with_action(table, UseCase()))["action"].to_pylist() == [action]
