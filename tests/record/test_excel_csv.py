"""CSV for people opens in a spreadsheet as it is meant, and reads back the same."""

from __future__ import annotations

import io

import pandas as pd

from takeup.record.excel_csv import excel_csv


def test_letters_unknowns_and_numbers_come_through_and_no_text_becomes_a_formula():
    rows = [("Müller, Jörg", 3, None), ('says "no"\nand', -1.5, "=1+1"), ("−", 0.0, "+49 30")]
    written = excel_csv(("name", "n", "note"), rows)
    assert written.startswith(b"\xef\xbb\xbfname,n,note\r\n")
    read = pd.read_csv(io.BytesIO(written))
    assert read["name"].tolist() == [row[0] for row in rows]
    assert read["n"].tolist() == [3, -1.5, 0]
    assert read["note"].tolist()[1:] == ["'=1+1", "'+49 30"]
    assert pd.isna(read["note"][0])
