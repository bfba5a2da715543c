"""What a capability of the server declares.

A capability is one folder, a room of one of the server's wings. A wing imports only from itself and the wings before it
(deployment, foundation, acting, recording, showing, running): what a room needs of those above it, they declare.
`capability.py` holds `CAPABILITY`; what must treat all of them is a loop over `capabilities()` or `of_every`: addresses and
who may open them, the bar, what is taken of a day's decisions, what is forgotten with a use case. Its parts are modules
beside it, loaded when they are needed, all of which may be missing:

- `urls.py`: `urlpatterns`;
- `api.py`: `router`, its part of the record API under its name;
- `day.py`: `take(day)`, what it keeps of a day's decisions; `each_day(use_case, today)`, what goes by the calendar, also
  where nothing new was recorded; `forget(use_case)`;
- `rows.py`: what follows from what happens to rows: `drained(kind, bodies)`, as JSON, again after a failure, and
  outcomes again with the decisions that came after them; `erased(handle)`, a person, which returns the keys of notices that
  told others of what was theirs; `aged(today)`, what is past its time; `taken_out(use_case, decisions)`, by their ids, which
  were nobody's after all;
- `models.py`: its tables; `WRITTEN_ON_PAGES`, by model the fields of texts that people write: an erasure reads them;
- `checks.py`: `CHECKS`, what `takeup doctor` looks at;
- `timed.py`: `JOBS`, what it does by itself;
- `start_page.py`: `ON_START_PAGE`, what stands there for whom;
- `use_cases.py`: `COLUMN`, what it tells of each use case in their list;
- `audited.py`: `WORDS` of the actions it audits; `VALUES`, how what an entry holds is told, by its name;
- `sealed_kinds.py`: `KINDS`, what it seals with the deployment's secret;
- `sample.py`: `prepare(bank)`, `record(bank)`, `afterwards(bank)`, its part of the sample (`deployment/sampled.py`);
- `evidence.py`: `survey(use_case)`, `interviews(use_case)`, what people said of their reasons, as
  `takeup.record.evidence` has it;
- `condition_records.py`: `tell(use_case, today)`, what it knows of the eight conditions (`takeup.record.conditions`: counts, of a
  population or of all); `OWN_VIEW`, whether people see their own cases by it;
- `calendar_days.py`: `days(person)`, what comes when for somebody (`foundation/calendar/feed.py`);
- `milestone_records.py`: `tell(use_case, today)`, what it knows of a sprint's milestones (`takeup.record.milestones`);
- `recorder.py`: `RECORDER`, what is recorded of decisions, as others may ask for it: of one capability alone.

Another package adds one by an entry point of the group `takeup.capabilities`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, Literal

from django.utils.functional import Promise

import takeup.server
from takeup.record.errors import InputError
from takeup.server.deployment.roles import Role

GROUP = "takeup.capabilities"
Open = Literal["anybody", "signed in", "public readiness", "key", "development"]
Allowed = Open | frozenset[Role]


def only(*roles: Role) -> frozenset[Role]:
    """Who holds one of these roles."""
    return frozenset(roles)


EVERYBODY = only(*Role)
ADMINISTRATION = only(Role.ADMINISTRATOR)
PROGRAMME = only(Role.PROGRAMME_LEAD)
# Whole reports compare populations and teams: those who may see every population's figures.
READS_EVERY_POPULATION = only(
    Role.PROGRAMME_LEAD,
    Role.EXECUTIVE,
    Role.ROLE_OWNER,
    Role.WORKER_REPRESENTATIVE,
    Role.OVERSIGHT_OFFICER,
)
READS_EVERY_COHORT = READS_EVERY_POPULATION | {Role.PRODUCT_TEAM}
"""The product team sees what concerns the model."""
OWN_COHORT = only(Role.PRACTITIONER, Role.CHAMPION, Role.MANAGER)


@dataclass(frozen=True, slots=True)
class InBar:
    """A link in the bar at the top: it opens `page`, and is marked on `pages`. `place`: where it stands; `own`:
    for those who decide, as others would find it empty."""

    page: str
    words: str | Promise
    place: int
    pages: tuple[str, ...] = ()
    own: bool = False


@dataclass(frozen=True)
class Capability:
    """`folder`: the package that holds it (a Django app); `opens`: each of its addresses by name, and who may open
    it: one that does not stand here is refused to everybody. `place`: addresses are looked up, and days taken,
    from the lowest."""

    name: str
    folder: str
    place: int
    opens: Mapping[str, Allowed] = field(default_factory=dict)
    bar: tuple[InBar, ...] = ()

    def part(self, name: str) -> ModuleType | None:
        """A module of its folder; None where it has none."""
        if find_spec(f"{self.folder}.{name}") is None:
            return None
        return import_module(f"{self.folder}.{name}")

    def of_part(self, name: str, what: str) -> Any:
        """What a part calls `what`; None where it is missing."""
        return getattr(self.part(name), what, None)


@cache
def capabilities() -> tuple[Capability, ...]:
    """Every one that is installed, by place. Raises InputError where two have the same name, or one address."""
    found = [*_ours(), *(point.load() for point in entry_points(group=GROUP))]
    declared: dict[str, str] = {}
    for one in found:
        for what in (f"capability {one.name}", *(f"address {name}" for name in one.opens)):
            if what in declared:
                raise InputError(f"{one.folder}: {what} is declared by {declared[what]} already")
            declared[what] = one.folder
    return tuple(sorted(found, key=lambda one: (one.place, one.name)))


def of_every(name: str, what: str) -> Iterator[Any]:
    """What each capability's part `name` calls `what`, by place, of those that have it."""
    for one in capabilities():
        if (found := one.of_part(name, what)) is not None:
            yield found


def _ours() -> list[Capability]:
    return [
        import_module(f"{room}.capability").CAPABILITY
        for wing in iter_modules(takeup.server.__path__, "takeup.server.")
        if wing.ispkg
        for room in _rooms(wing.name)
        if find_spec(f"{room}.capability") is not None
    ]


def _rooms(wing: str) -> list[str]:
    inside = import_module(wing).__path__
    return [room.name for room in iter_modules(inside, f"{wing}.") if room.ispkg]
