"""Model issues without the populations and kinds that may not be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from takeup.disclosure.group_size import Audience, few
from takeup.disclosure.release.kinds import KindOf, kinds_hidden
from takeup.questions.adoption import Adoption
from takeup.questions.model_issue.measure import Issue, ModelIssues, SegmentError
from takeup.questions.shared.hidden_in_use import hidden_keys, untold, untold_keys
from takeup.questions.shared.whose import ALL
from takeup.questions.shown import Shown
from takeup.record.settings import DisclosureSettings
from takeup.stats.answer import CannotSay, suppressed


def _kinds_hidden(
    segments: Sequence[SegmentError],
    dimension: str,
    adoption: Adoption,
    audience: Audience,
    settings: DisclosureSettings,
) -> set[tuple[str, str]]:
    """Which kinds of case of which scope stay hidden: those that are hidden in use, and of few people. Each
    is a part of its scope, and a population's is a part of all."""
    populations, kinds = hidden_keys(adoption, "population"), hidden_keys(adoption, dimension)
    own = [s for s in segments if s.dimension == dimension]
    hidden = {
        (s.scope, s.segment)
        for s in own
        if s.scope in populations or s.segment in kinds or few(s.people, audience, settings)
    }
    if audience != "share" or not hidden:
        return hidden
    counted = [KindOf(s.scope, s.segment, s.cases, s.people or 0) for s in own]
    return kinds_hidden(counted, ALL, hidden, settings.minimum_group)


def disclose(found: ModelIssues | CannotSay, shown: Shown) -> ModelIssues | CannotSay:
    """Model issues without the populations and cells that may not be shown. Where too few
    people overrode, what became of their overrides is not shown either."""
    adoption, audience, settings = shown.adoption, shown.audience, shown.rules
    if isinstance(found, CannotSay) or audience == "public":
        return found
    hidden = hidden_keys(adoption, "population")
    gone = {
        dimension: _kinds_hidden(found.segments, dimension, adoption, audience, settings)
        for dimension in {s.dimension for s in found.segments}
    }

    def may_be_told(one: SegmentError) -> bool:
        inside = (one.scope, one.segment) not in gone.get(one.dimension, set())
        return one.scope not in hidden and inside

    untold_kinds = {d: untold_keys(adoption, d) for d in adoption.groups}

    def careful(one: SegmentError) -> SegmentError:
        overrides_told = (
            one.scope not in untold_kinds.get("population", ())
            and one.segment not in untold_kinds.get(one.dimension, ())
            and not (one.scope == ALL and not one.dimension and untold(adoption.overall))
        )
        if overrides_told and not few(one.overriders, audience, settings):
            return one
        return replace(
            one,
            override_accuracy=suppressed(),
            overrides=0,
            overrides_judged=0,
            overrides_right=0,
            overrides_gained=None,
            overrides_lost=None,
            missing_input_share=None,
        )

    def of(issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
        return tuple(
            replace(i, evidence=careful(i.evidence)) for i in issues if may_be_told(i.evidence)
        )

    return replace(
        found,
        scopes=tuple(careful(s) for s in found.scopes if may_be_told(s)),
        segments=tuple(careful(s) for s in found.segments if may_be_told(s)),
        issues=of(found.issues),
        watch=of(found.watch),
    )
