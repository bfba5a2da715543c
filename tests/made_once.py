"""What many tests ask for is made once: by whichever worker asks first, for all of them and for the next
run, until the source, the recipe or what they stand on changes.

Only for what these determine. Kept in `build/made`, which `make clean` removes; made anew where that
cannot be written or holds something damaged.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from filelock import FileLock

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "build" / "made"
_OLD = 6 * 3_600
"""Seconds after which what another source made is taken away; a run beside this one may still read it."""
P = ParamSpec("P")
R = TypeVar("R")


def _told(files: Iterable[Path]) -> str:
    told = hashlib.sha256(sys.version.encode())
    for file in files:
        told.update(str(file).encode())
        told.update(file.read_bytes())
    return told.hexdigest()[:20]


def _of_source() -> str:
    """The source as it lies, words and other data in it too, and the packages that it stands on."""
    held = (p for p in ROOT.glob("src/**/*") if p.is_file() and "__pycache__" not in p.parts)
    beside = (*ROOT.glob("calibration/*.py"), Path(__file__), *ROOT.glob("requirements*.txt"))
    return _told(sorted([*held, *beside]))


SOURCE = _of_source()
"""Taken when the tests begin: what is imported later is not what is edited later."""


def made_once(make: Callable[P, R]) -> Callable[P, R]:
    """`make`, whose answer for the same arguments is made once and handed to every worker. Arguments
    are told apart by their `repr`; the answer must survive pickling (tables in an engine do not).
    `make` may use its own file and `tests/questions/programmes.py`; a change of either makes anew."""
    in_this_process: dict[str, Any] = {}
    files = [Path(make.__code__.co_filename), ROOT / "tests/questions/programmes.py"]
    recipe_of = _told(files)

    @wraps(make)
    def once(*arguments: Any, **named: Any) -> Any:
        told = (recipe_of, make.__module__, make.__qualname__, arguments, sorted(named.items()))
        key = hashlib.sha256(repr(told).encode()).hexdigest()[:24]
        if key not in in_this_process:
            file = PLACE / SOURCE / f"{make.__name__}-{key}.pickle"
            in_this_process[key] = _held(file, lambda: make(*arguments, **named))
        return in_this_process[key]

    return once


def _held(file: Path, make: Callable[[], Any]) -> Any:
    try:
        _take_away_old()
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(file.with_suffix(".lock")):
            try:
                return pickle.loads(file.read_bytes())
            except (FileNotFoundError, EOFError, pickle.UnpicklingError):
                made = make()
            # A source edited while the tests run is not what made this.
            if _of_source() == SOURCE:
                written = file.with_suffix(".new")
                written.write_bytes(pickle.dumps(made, 5))
                written.rename(file)
            return made
    except PermissionError:
        return make()
    except OSError:
        if os.access(PLACE.parent, os.W_OK):
            raise
        return make()


def _take_away_old() -> None:
    for other in PLACE.glob("*"):
        if other.name != SOURCE and time.time() - other.stat().st_mtime > _OLD:
            shutil.rmtree(other, ignore_errors=True)
