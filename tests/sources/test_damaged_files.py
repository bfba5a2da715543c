"""Damaged tables end in a sentence that names the file, however late the damage is met."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import write_deltalake

import takeup
from takeup.record.errors import InputError


def decisions(count: int = 2_000) -> pa.Table:
    return pa.table(
        {
            "case_id": [f"c{i * 7919 % 10_007}" for i in range(count)],
            "person_id": [f"p{i * 31 % 17}" for i in range(count)],
            "decided_at": ["2026-11-03T09:12:04Z"] * count,
            "mode": ["assist"] * count,
            "consulted": [True] * count,
            "recommendation": [("approve", "decline")[i * 13 % 7 % 2] for i in range(count)],
            "choice": [("approve", "decline")[i * 11 % 5 % 2] for i in range(count)],
        }
    )


def scratched(file: Path) -> None:
    """Pages of the first column no longer decode; the footer is whole."""
    held = bytearray(file.read_bytes())
    for at in range(200, 1_200):
        held[at] ^= 0x55
    file.write_bytes(held)


@pytest.mark.parametrize("several", [False, True])
def test_pages_that_do_not_decode_are_told_and_not_a_traceback(tmp_path, several):
    for name in ("a", "b")[: 1 + several]:
        pq.write_table(decisions(), tmp_path / f"{name}.parquet")
    scratched(tmp_path / "a.parquet")
    with pytest.raises(InputError, match=r"Parquet file is damaged .*a\.parquet"):
        takeup.diagnose(tmp_path if several else tmp_path / "a.parquet")


@pytest.mark.parametrize("harm", ["removed", "cut off"])
def test_a_delta_table_of_somebody_elses_names_the_file_that_is_missing_or_cut_off(tmp_path, harm):
    for _ in range(2):
        write_deltalake(tmp_path, decisions(50), mode="append")
    file = sorted(tmp_path.glob("*.parquet"))[0]
    if harm == "removed":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:500])
    with pytest.raises(InputError) as raised:
        takeup.diagnose(tmp_path)
    assert file.name in str(raised.value)
    assert "50 rows" in str(raised.value)


def test_the_home_of_a_deployment_is_no_table_and_the_sentence_says_how_it_is_read(tmp_path):
    write_deltalake(tmp_path / "log" / "decisions", decisions(5))
    for given in (tmp_path, tmp_path / "log"):
        with pytest.raises(InputError, match="takeup diagnose log:"):
            takeup.diagnose(given)
