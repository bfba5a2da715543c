"""What many tests ask for is made once: by whichever worker asks first, for all of them and for the next
run, until the source or what it stands on changes.

Only for what the source and the recipe determine. Kept in `build/made`, which `make clean` removes.
"""

from __future__ import annotations

import hashlib
import pickle
import shutil
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from filelock import FileLock

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "build" / "made"
P = ParamSpec("P")
R = TypeVar("R")


@cache
def _of_this_source() -> Path:
    """The folder of what this very source makes; those of others are taken away."""
    told = hashlib.sha256()
    for file in sorted([*ROOT.glob("src/**/*.py"), *ROOT.glob("calibration/*.py"),
                        Path(__file__), ROOT / "tests/measure/programmes.py",
                        ROOT / "requirements.txt"]):  # fmt: skip
        told.update(str(file.relative_to(ROOT)).encode())
        told.update(file.read_bytes())
    folder = PLACE / told.hexdigest()[:20]
    if not folder.exists():
        for old in PLACE.glob("*"):
            shutil.rmtree(old, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def made_once(make: Callable[P, R]) -> Callable[P, R]:
    """`make`, whose answer for the same arguments is made once and handed to every worker. Arguments
    are told apart by their `repr`; the answer must survive pickling (tables in an engine do not)."""
    in_this_process: dict[str, Any] = {}

    @wraps(make)
    def once(*arguments: Any, **named: Any) -> Any:
        recipe = repr((make.__module__, make.__qualname__, arguments, sorted(named.items())))
        key = hashlib.sha256(recipe.encode()).hexdigest()[:24]
        if key not in in_this_process:
            file = _of_this_source() / f"{make.__name__}-{key}.pickle"
            with FileLock(file.with_suffix(".lock")):
                if not file.exists():
                    written = file.with_suffix(".new")
                    written.write_bytes(pickle.dumps(make(*arguments, **named), 5))
                    written.rename(file)
            in_this_process[key] = pickle.loads(file.read_bytes())
        return in_this_process[key]

    return once
