"""What a topic is called on pages and in what people are told."""

from __future__ import annotations

from takeup.server.acting.feedback.models import Topic
from takeup.server.foundation.pages.words import FLAG_WORDS, REASON_WORDS, plain


def name_of(topic: Topic) -> str:
    """The kind of case, and the reason or the kind of mark, in words."""
    what = REASON_WORDS.get(topic.reason, plain(topic.reason)) if topic.reason else FLAG_WORDS.get(
        topic.flag_kind, plain(topic.flag_kind)
    )  # fmt: skip
    return f"{plain(topic.level or topic.use_case).capitalize()}: {what}"
