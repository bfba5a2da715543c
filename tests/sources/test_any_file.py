"""150 files of strangers: no traceback, every row accounted for."""

from __future__ import annotations

from tests.sources.reading_strangers import try_tables
from tests.sources.strangers import files


def test_any_file_is_answered_or_refused_in_words_and_loses_no_row(tmp_path):
    try_tables(files(tmp_path))
