"""8. Feedback: whether reports were answered in time, what was done because of them, where nobody speaks."""

from __future__ import annotations

from takeup.server.acting.feedback.services import releases_of, topics_of
from takeup.server.acting.signals.services import responses_of
from takeup.server.showing.review.part import Figures, Part, Reviewed


def part(of: Reviewed) -> Part:
    """Reports by what became of them; you said, we did."""
    topics = topics_of(of.use_case)
    answered = sum(bool(t.replies.count()) for t in topics)
    did = tuple(
        (f"{r.shipped_at:%-d %B %Y}", r.version, r.words, f"{r.topics.count()}") for r in releases_of(of.use_case)
    )  # fmt: skip
    silent = tuple(of.called(r.population) for r in responses_of(of.use_case) if r.code == "RR6")
    says = f"{len(topics)} topics came in from users and overrides; {answered} were answered, {len(did)} releases cite them."
    return Part(
        8, "Feedback", says,
        (Figures("You said, we did", ("on", "version", "what changed", "topics"), did),),
        (f"Silent: {', '.join(silent)}.",) if silent else ("No population that decides with the advice is silent, as far as is looked for.",),
    )  # fmt: skip
