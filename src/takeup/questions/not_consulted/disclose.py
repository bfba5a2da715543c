"""What goes with looking, of enough people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from takeup.disclosure.group_size import Audience, few, parts_hidden
from takeup.questions.adoption import Adoption
from takeup.questions.not_consulted.measure import Circumstance, NotConsulted
from takeup.questions.shared.after_error import AfterError
from takeup.questions.shared.hidden_in_use import untold_keys
from takeup.questions.shown import Shown
from takeup.record.settings import Settings
from takeup.stats.answer import CannotSay


def disclose(found: NotConsulted | CannotSay, shown: Shown) -> NotConsulted | CannotSay:
    """What goes with looking, of levels in which enough people looked and enough did not; what wrong advice does to it, of the populations
    that may be shown."""
    adoption, audience, settings = shown.adoption, shown.audience, shown.settings
    if isinstance(found, CannotSay):
        return found
    told = _of_enough_people(found, adoption, audience, settings)
    found = replace(found, circumstances=told)
    if isinstance(found.after_error, CannotSay):
        return found
    hidden = untold_keys(adoption, "population")
    kept: Mapping[str, AfterError] = {
        name: one
        for name, one in found.after_error.items()
        if name not in hidden and not few(one.people, audience, settings.disclosure)
    }
    return replace(found, after_error=kept)


def _of_enough_people(
    found: NotConsulted, adoption: Adoption, audience: Audience, settings: Settings
) -> tuple[Circumstance, ...]:
    hidden = {(cut, level) for cut in adoption.groups for level in untold_keys(adoption, cut)}
    for name in {one.name for one in found.circumstances}:
        sizes = {one.level: one.fewest for one in found.circumstances if one.name == name}
        gone = parts_hidden(sizes, audience, settings.disclosure)
        hidden |= {(name, level) for level in gone}
    return tuple(c for c in found.circumstances if (c.name, c.level) not in hidden)
