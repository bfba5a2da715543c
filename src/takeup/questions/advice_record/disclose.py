"""What of the advice's record may be shown: nothing that few people's cases make up."""

from __future__ import annotations

from dataclasses import replace

from takeup.disclosure.group_size import Audience, few, with_complement
from takeup.questions.advice_record.measure import AdviceRecord
from takeup.questions.model_issue import SegmentError
from takeup.record.settings import DisclosureSettings
from takeup.stats.answer import CannotSay


def disclose_advice_record(
    found: AdviceRecord | CannotSay, audience: Audience, settings: DisclosureSettings
) -> AdviceRecord | CannotSay:
    """The record without kinds of too few people, and without what would give those away."""
    if isinstance(found, CannotSay):
        return found

    def shown(ones: tuple[SegmentError, ...]) -> tuple[SegmentError, ...]:
        kept: list[SegmentError] = []
        for dimension in dict.fromkeys(one.dimension for one in ones):
            own = [one for one in ones if one.dimension == dimension]
            hidden = {one.segment for one in own if few(one.people, audience, settings)}
            sizes = {one.segment: one.people or 0 for one in own}
            hidden = with_complement(hidden, sizes, settings.minimum_group)
            kept += [one for one in own if one.segment not in hidden]
        return tuple(kept)

    return replace(found, certainty=shown(found.certainty), kinds=shown(found.kinds))
