"""150 tables of engines: no traceback, every row accounted for."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sources.reading_strangers import read_as_a_stranger_would
from tests.sources.strangers import frames


def test_any_table_is_answered_or_refused_in_words_and_loses_no_row(tmp_path):
    came = Counter()

    @settings(max_examples=150, derandomize=True, deadline=None, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.data())
    def each(data):
        came[read_as_a_stranger_would(data.draw(frames(tmp_path)))] += 1

    each()
    # A fuzzer whose tables are all refused at the door tries nothing.
    assert came["diagnosed"] >= 40, came
