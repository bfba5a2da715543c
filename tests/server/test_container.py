"""The container's file: what it copies is there, and is let through to whoever builds it."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]


def copied() -> list[str]:
    """What the container's file takes from beside it."""
    lines = (ROOT / "deploy" / "Containerfile").read_text().splitlines()
    return [
        name
        for line in lines
        if line.startswith("COPY ") and "--from" not in line
        for name in line.split()[1:-1]
    ]


def let_through(name: str) -> bool:
    """As a builder reads `.dockerignore`: the last line that fits decides."""
    through = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line and not line.startswith("#") and fnmatch(name, line.removeprefix("!")):
            through = line.startswith("!")
    return through


def test_what_the_image_copies_is_there_and_reaches_whoever_builds_it():
    assert {"src", "requirements.txt"} <= set(copied())
    assert [name for name in copied() if not (ROOT / name).exists() or not let_through(name)] == []


def test_a_home_a_key_or_an_archive_beside_it_does_not_reach_whoever_builds_it():
    for beside in (
        "takeup-data",
        "takeup-home",
        "backup-key",
        "takeup-2026-11-24.tar",
        ".git",
        "build",
    ):
        assert not let_through(beside), beside
