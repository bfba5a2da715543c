"""What the proof of a release costs beyond the counting: 10 M decisions of 10,000 people in 200 populations over
52 weeks, with 8 cuts; the same of 4,000 rows; and a second day after a first.

    python benchmarks/release.py [--decisions N] [--people N] [--populations N]
"""

from __future__ import annotations

import argparse
import resource
import time

from takeup.disclosure.release.cells import release
from takeup.log import Engine, keep
from takeup.questions.adoption.measure import Adoption, measure_adoption
from takeup.questions.adoption.release import groups_shown, released_adoption
from takeup.record.settings import Settings
from takeup.report.json_document import plain

CUTS = ("stakes", "model_version", "phase", "score_band", "region", "product", "channel", "size")

_ROWS = """
SELECT 'p' || person AS person_id, 'pop' || (person % {populations}) AS population,
       'team' || (person % {populations}) || '-' || ((person // {populations}) % 4) AS team,
       TIMESTAMPTZ '2025-12-01 09:00:00+00' + INTERVAL (week * 7 + r1 % 5) DAY AS decided_at,
       CASE WHEN r2 % 100 < 25 THEN 'not_consulted' WHEN r2 % 100 < 28 THEN 'modified'
            WHEN r2 % 100 < 40 THEN 'overridden' ELSE 'followed' END AS action,
       r2 % 100 NOT BETWEEN 28 AND 39 AS agrees, 'ai' AS path, false AS contradicts_source,
       CASE WHEN r2 % 100 BETWEEN 28 AND 39 THEN 'reason' || (r3 % 6) END AS override_reason,
       {cuts}
FROM (SELECT hash(i) % {people} AS person, hash(i, 1) % 52 AS week, hash(i, 2) AS r1, hash(i, 3) AS r2,
             hash(i, 4) AS r3, i FROM range({decisions}) t(i))
"""


def adoption_of(decisions: int, people: int, populations: int) -> Adoption:
    """The figures of use of a drawn programme; every eighth cut has rare levels."""
    engine = Engine()
    cuts = ", ".join(
        f"'{cut}' || CASE WHEN hash(i, 10 + {n}) % 1000 < 2 THEN 9 ELSE hash(i, 10 + {n}) % 5 END AS {cut}"
        for n, cut in enumerate(CUTS)
    )
    sql = _ROWS.format(populations=populations, people=people, decisions=decisions, cuts=cuts)
    table = keep(engine.query(sql, "drawn"))
    start = time.perf_counter()
    found = measure_adoption(
        table,
        ["population", "team", "week", *CUTS],
        Settings(),
        ["population", "region", "product"],
    )
    print(f"counting {decisions:,} decisions: {time.perf_counter() - start:.2f} s")
    return found


def main() -> None:
    """Print seconds, memory and the share of cells hidden beyond the primary ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=10_000_000)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--populations", type=int, default=200)
    given = parser.parse_args()
    for decisions, people, populations in (
        (4_000, 25, 2),
        (given.decisions, given.people, given.populations),
    ):
        found = adoption_of(decisions, people, populations)
        assert found.inner is not None
        rules = Settings().disclosure
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.perf_counter()
        first = released_adoption(found, found.inner, rules)
        seconds = time.perf_counter() - start
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        told = release(found.inner, rules, groups_shown(found))
        beyond = len(told.hidden - told.primary)
        print(
            f"release: {seconds:.2f} s, {grown:.0f} MB more; {told.cells:,} cells, {len(told.primary):,} primary, "
            f"{beyond:,} more hidden ({100 * beyond / told.cells:.1f} %)"
        )
        document = {**plain(first.overall), "groups": plain(first.groups),
                    "weeks_by_population": plain(first.weeks_by_population)}  # fmt: skip
        more = adoption_of(decisions + decisions // 50, people, populations)
        assert more.inner is not None
        start = time.perf_counter()
        released_adoption(more, more.inner, rules, before=document, earlier=first.earlier)
        print(f"a second day, with a fiftieth more: {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main()
