"""A log whose files are not as they were written is called damaged: which file, how many rows."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from deltalake import DeltaTable
from hypothesis import given, settings
from hypothesis import strategies as st

from takeup.log.damage import DamagedLogError
from takeup.log.delta import DecisionLog, LogBehindError, to_arrow
from tests.server.running import decision

BATCHES, ROWS = 4, 5


def rows(first: int, batch: int, **changes):
    bodies = [json.dumps(decision(i, revision=1, **changes)) for i in range(first, first + ROWS)]
    return to_arrow("decisions", bodies, {}, batch)


def written(folder: Path, batches: int = BATCHES) -> DecisionLog:
    log = DecisionLog(folder)
    for batch in range(1, batches + 1):
        log.append("decisions", rows(batch * 100, batch), batch)
    return log


@pytest.fixture(scope="module")
def well(tmp_path_factory):
    """A log of four batches, and the same with a checkpoint after three."""
    place = tmp_path_factory.mktemp("log")
    written(place / "plain")
    log = written(place / "checkpointed", 3)
    log.vacuum("decisions")
    log.append("decisions", rows(400, 4), 4)
    return place


@pytest.fixture(params=["plain", "checkpointed"])
def log(request, well, tmp_path):
    shutil.copytree(well / request.param, tmp_path / "log")
    return DecisionLog(tmp_path / "log")


def data(log: DecisionLog) -> Path:
    return sorted(Path(log.url).rglob("part-*.parquet"))[1]


def commit(log: DecisionLog, number: int = 3) -> Path:
    found = sorted(Path(log.url, "decisions", "_delta_log").glob("*.json"))
    return found[-1] if number == 3 else found[0]


def removed(file: Path) -> None:
    file.unlink()


def truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def turned(file: Path) -> None:
    """One bit, somewhere in the middle."""
    held = bytearray(file.read_bytes())
    held[len(held) // 2] ^= 0x10
    file.write_bytes(held)


def cut_at_a_line(file: Path) -> None:
    file.write_text(file.read_text().split("\n")[0] + "\n")


HARMS = (removed, truncated, emptied, turned)


def every_use(log: DecisionLog) -> dict[str, Callable[[], object]]:
    return {
        "read": lambda: log.read("decisions"),
        "batch": lambda: log.batch("decisions", 1),
        "rewrite": lambda: log.rewrite("decisions", lambda rows: rows),
        "compact": lambda: log.compact("decisions"),
    }


def test_a_log_that_is_well_has_no_damage_and_reads(log):
    assert log.damages("decisions") == []
    assert log.read("decisions").rows.num_rows == BATCHES * ROWS


@pytest.mark.parametrize("harm", HARMS)
def test_a_harmed_file_of_rows_is_named_with_its_rows_and_nothing_is_read_or_replaced(log, harm):
    file = data(log)
    harm(file)
    (damage,) = log.damages("decisions")
    assert damage.path == str(file.relative_to(log.url))
    assert damage.rows == ROWS
    before = sorted(Path(log.url).rglob("*"))
    for name, use in every_use(log).items():
        with pytest.raises(DamagedLogError, match=file.name) as raised:
            use()
        assert "5 rows" in str(raised.value), name
        assert "takeup log mend" in str(raised.value)
    assert sorted(Path(log.url).rglob("*")) == before


@pytest.mark.parametrize("harm", [*HARMS, cut_at_a_line])
def test_a_harmed_commit_is_named_and_the_table_is_not_read_as_a_smaller_one(log, harm):
    file = commit(log)
    harm(file)
    (damage,) = log.damages("decisions", deep=False)
    assert damage.path == str(file.relative_to(log.url))
    assert damage.rows == ROWS
    for use in every_use(log).values():
        with pytest.raises(DamagedLogError, match=file.name):
            use()


@pytest.mark.parametrize("harm", HARMS)
def test_a_harmed_checkpoint_is_named(well, tmp_path, harm):
    shutil.copytree(well / "checkpointed", tmp_path / "log")
    log = DecisionLog(tmp_path / "log")
    (file,) = Path(log.url).rglob("*.checkpoint.parquet")
    harm(file)
    assert str(file.relative_to(log.url)) in {one.path for one in log.damages("decisions")}
    with pytest.raises(DamagedLogError, match=file.name):
        log.read("decisions")


def test_a_table_without_its_record_is_damaged_and_not_new(log):
    shutil.rmtree(Path(log.url, "decisions", "_delta_log"))
    with pytest.raises(DamagedLogError, match="_delta_log"):
        log.read("decisions")
    with pytest.raises(DamagedLogError):
        log.append("decisions", rows(500, 5), 5)


def test_quick_looks_see_what_is_missing_or_cut_off_and_deep_ones_every_bit(log):
    turned(data(log))
    assert log.damages("decisions", deep=False) == []
    truncated(data(log))
    assert len(log.damages("decisions", deep=False)) == 1


def test_a_batch_whose_commit_was_lost_is_written_again_and_all_is_well(log):
    commit(log).unlink()
    with pytest.raises(LogBehindError):
        log.append("decisions", rows(500, 5), 5)
    assert log.append("decisions", rows(400, 4), 4)
    assert log.damages("decisions") == []
    assert log.read("decisions").rows.num_rows == BATCHES * ROWS


def test_a_lost_commit_that_was_no_batch_is_written_over_by_none(log):
    log.rewrite("decisions", lambda rows: rows)
    commit(log).unlink()
    with pytest.raises(DamagedLogError, match="is missing"):
        log.append("decisions", rows(500, 5), 5)


def test_after_compaction_rewriting_and_vacuum_a_log_is_well_and_every_file_is_known(log):
    log.rewrite("decisions", lambda rows: rows)
    log.vacuum("decisions")
    log.append("decisions", rows(500, 5), 5)
    log.compact("decisions")
    assert log.damages("decisions") == []
    held = log._sums("decisions").held()
    turned(next(Path(log.url, "decisions", p) for p in held if p.endswith(".parquet")))
    assert log.damages("decisions")


def test_what_a_killed_write_left_before_its_commit_goes_with_the_next_vacuum(log):
    kept = data(log)
    left = kept.with_name("part-00000-11111111-2222-3333-4444-555555555555-c000.snappy.parquet")
    shutil.copy(kept, left)
    log.vacuum("decisions")
    assert kept.exists()
    assert not left.exists()
    assert log.damages("decisions") == []
    shutil.copy(kept, left)
    log.compact("decisions", keep=timedelta(0))
    assert not left.exists()
    assert log.read("decisions").rows.num_rows == BATCHES * ROWS


def test_a_vacuum_that_died_after_the_hundredth_commits_checkpoint_leaves_no_damage(
    log, monkeypatch
):
    log.rewrite("decisions", lambda rows: rows)
    table = DeltaTable(f"{log.url}/decisions")
    while table.version() % 100 != 98:
        table.alter.set_table_description(str(table.version()))

    def dies(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(DecisionLog, "_renew_sums", dies)
    with pytest.raises(KeyboardInterrupt):
        log.vacuum("decisions")
    assert log.damages("decisions") == []
    assert log.read("decisions").rows.num_rows == BATCHES * ROWS


@pytest.mark.parametrize("harm", [removed, truncated, emptied])
def test_a_log_of_before_there_were_sums_names_what_does_not_read(well, tmp_path, harm):
    shutil.copytree(well / "plain", tmp_path / "log")
    log = DecisionLog(tmp_path / "log")
    Path(log.url, "decisions", "_sums").unlink()
    assert log.damages("decisions") == []
    file = data(log)
    harm(file)
    assert [one.path for one in log.damages("decisions")] == [str(file.relative_to(log.url))]
    with pytest.raises(DamagedLogError):
        log.read("decisions")


def test_a_log_of_before_there_were_sums_gets_them_with_its_next_batch(well, tmp_path):
    shutil.copytree(well / "plain", tmp_path / "log")
    log = DecisionLog(tmp_path / "log")
    Path(log.url, "decisions", "_sums").unlink()
    log.append("decisions", rows(500, 5), 5)
    turned(data(log))
    assert len(log.damages("decisions")) == 1


def test_harm_to_the_sums_themselves_accuses_no_file(log):
    sums = Path(log.url, "decisions", "_sums")
    held = bytearray(sums.read_bytes())
    for at in random.Random(1).sample(range(len(held)), 40):
        held[at] ^= 0x10
    sums.write_bytes(held)
    assert log.damages("decisions") == []


@given(at=st.floats(0, 0.999), bit=st.integers(0, 7))
@settings(max_examples=40, deadline=None)
def test_no_turned_bit_anywhere_in_a_table_passes(well, at, bit):
    log = DecisionLog(well / "checkpointed")
    sums = log._sums("decisions")
    needed = sums.needed(sums.held())
    files = sorted(Path(log.url).rglob("part-*.parquet"))
    files += [Path(log.url, "decisions", path) for path in sorted(needed)]
    file = files[int(at * 1_000) % len(files)]
    whole = file.read_bytes()
    held = bytearray(whole)
    held[int(at * len(held))] ^= 1 << bit
    try:
        file.write_bytes(held)
        assert [one.path for one in log.damages("decisions")] == [str(file.relative_to(log.url))]
    finally:
        file.write_bytes(whole)


def test_use_cases_of_any_name_are_known_by_their_files(tmp_path):
    log = DecisionLog(tmp_path)
    log.append("decisions", rows(1, 1, use_case="a b/ü%'="), 1)
    assert log.damages("decisions") == []
    turned(next(Path(log.url).rglob("part-*.parquet")))
    assert len(log.damages("decisions")) == 1
