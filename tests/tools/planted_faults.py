"""Do the tests catch what they are for? `make mutants` plants twenty faults, one at a time, each in a module
of its own, in a copy of the tree, and runs the tests that stand beside that module.

`python -m tests.tools.planted_faults [TREE]`: of another checkout, to compare. Fails where a fault is not
caught, or where the tests fail without one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]


class Fault(NamedTuple):
    """`right` stands once in `module`; with `wrong` in its place, one of `tests` must fail."""

    module: str
    right: str
    wrong: str
    tests: str


FAULTS = (
    Fault("stats/rates.py", "return rate_posterior(self.k / deff, self.n / deff)",
          "return rate_posterior(self.k, self.n)", "tests/stats"),
    Fault("stats/clusters.py", "s_of**2 / np.bincount(h, s**2)", "s_of / np.bincount(h, s**2)", "tests/stats"),
    Fault("record/assignment.py", ">= stage.share", "< stage.share", "tests/record"),
    Fault("record/action.py", '(t["mode"] == "shadow", Action.SHADOW.value)',
          '(t["mode"] == "shadow", Action.OFF.value)', "tests/record tests/questions/test_shadow.py tests/questions/test_new_measures.py"),
    Fault("sources/delimited.py", "if len(names) < 2:", "if len(names) < 1:", "tests/journeys/test_bad_input.py"),
    Fault("questions/paired/measure.py", "((p - m) > 0)", "((p - m) >= 0)", "tests/questions/test_traps.py tests/questions/test_vectors.py"),
    Fault("questions/reliance/measure.py", '"rw": (over, consulted & ~right)', '"rw": (over, consulted & right)',
          "tests/questions/test_vectors.py tests/questions/test_bank_truth.py"),
    Fault("questions/ladder/measure.py", '(t.stakes == "high")', '(t.stakes == "low")', "tests/questions/test_ladder.py tests/questions/test_vectors.py"),
    Fault("questions/own_calibration/measure.py", "((own == 1) & (advice == 0))", "((own == 0) & (advice == 0))",
          "tests/questions/test_own_calibration.py"),
    Fault("disclosure/group_size.py", "people is not None and people < least", "people is not None and people < 1",
          "tests/disclosure"),
    Fault("disclosure/over_time.py", 'each["size"] < rules.minimum_group', 'each["size"] < 1', "tests/disclosure"),
    Fault("log/delta.py", "if held >= batch:", "if held > batch:", "tests/server/test_drain.py"),
    Fault("server/permissions.py", "return not frozenset(allowed).isdisjoint(held)", "return True",
          "tests/server/test_permissions.py"),
    Fault("server/record_api/retention.py", "if k not in FREE_TEXT", "if k in FREE_TEXT", "tests/server/test_retention.py"),
    Fault("server/rollout/gate.py", "pairs >= gate.pairs and days >= gate.days", "pairs >= gate.pairs or days >= gate.days",
          "tests/server/rollout"),
    Fault("server/practitioner/vault.py", "if found is None or until < today:", "if found is None:",
          "tests/server/practitioner"),
    Fault("server/component/token.py", "moment < ends <= begins + _LONGEST", "moment < ends", "tests/server/component"),
    Fault("server/agreement/services.py", "last.valid_until >= now().date()", "last.valid_until != now().date()",
          "tests/server/agreement"),
    Fault("server/signals/services.py", "if (response.population, response.code) not in still:",
          "if (response.population, response.code) in still:", "tests/server/signals"),
    Fault("questions/reliance/findings.py", 'if "over_reliance" not in p.markers:', 'if "over_reliance" in p.markers:',
          "tests/questions/test_controls.py"),
)  # fmt: skip


def ends_green(tree: Path, python: str, tests: str) -> bool:
    """Whether `tests` pass on the source of `tree`."""
    done = subprocess.run(
        [python, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests.split()],
        cwd=tree, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.returncode == 0


def main() -> int:
    source = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT
    python = str(source / ".venv" / "bin" / "python")
    missed = []
    with tempfile.TemporaryDirectory(prefix="takeup-faults-") as place:
        tree = Path(place) / "main"
        apart = shutil.ignore_patterns(".venv", "build", ".git", "dist", "__pycache__")
        shutil.copytree(source, tree, ignore=apart)
        if (source.parent / "shared").exists():
            (Path(place) / "shared").symlink_to(source.parent / "shared")
        for fault in FAULTS:
            module = tree / "src" / "takeup" / fault.module
            text = module.read_text()
            assert text.count(fault.right) == 1, f"{fault.module}: {fault.right!r} stands not once"
            assert ends_green(tree, python, fault.tests), f"{fault.tests} fails without a fault"
            module.write_text(text.replace(fault.right, fault.wrong))
            caught = not ends_green(tree, python, fault.tests)
            module.write_text(text)
            print(f"{'caught' if caught else 'MISSED'}  {fault.module}: {fault.wrong}", flush=True)
            missed += [] if caught else [fault.module]
    print(f"{len(FAULTS) - len(missed)} of {len(FAULTS)} caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
