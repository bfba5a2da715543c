"""The report's words for those who read it on a page: they have no table, no command and no column
names before them; whoever runs `takeup diagnose` does."""

from __future__ import annotations

import re

from takeup.drawing.dates import days_in_words

_COMMANDS = (
    (r"(?:<code>)?`?takeup sample`?(?:</code>)? draws them and keeps their probability",
     "they are drawn at random, each with a known probability"),
    (r"\s*\((?:<code>)?`?takeup sample`?(?:</code>)?\)", ""),
    (r"drawn by (?:<code>)?`?takeup sample`?(?:</code>)?", "drawn at random"),
    (r"(?:<code>)?`?takeup sample`?(?:</code>)?", "a random sample"),
    (r"\s+\(--[^)]*\)", ""),  # never var(--ink): a drawing without its colours is no drawing
)  # fmt: skip
_CODES = (
    (r"\binitial_choice: what the person chose", "a first answer: what the person chose"),
    (r"\binitial_choice(?:_value)?\b(?: \(a first answer before the advice\))?",
     "first answer before the advice"),
    (r" \(`?value_tagged`?\)", ""),
    (r"\bvalue_tagged\b", "whether a case touches professional values"),
)  # fmt: skip
_COLUMN = re.compile(r"\b(?:x_)?([a-z][a-z0-9]*(?:_[a-z0-9]+)+|(?<=x_)[a-z0-9]+)\b")
_TAGS = re.compile(r"(<[^>]*>)")
_ARIA = re.compile(r'aria-label="([^"]*)"')
_UNREAD = ("<script", "<style", "<pre")


def words(text: str) -> str:
    """A text without commands, names of columns and days as machines write them."""
    text = _without_commands(text)
    if "_" in text:
        for before, after in _CODES:
            text = re.sub(before, after, text)
        text = _COLUMN.sub(lambda m: m[1].replace("_", " "), text)
    return days_in_words(text)


def _without_commands(text: str) -> str:
    if "takeup" in text or "(--" in text:
        for before, after in _COMMANDS:
            text = re.sub(before, after, text)
    return text


def page_words(html: str) -> str:
    """The same for a page, in what is read and in what is read aloud; what stands in tags stays."""
    html = _without_commands(html)
    told, unread = [], False
    for part in _TAGS.split(html):
        if not part.startswith("<"):
            told.append(part if unread else words(part))
            continue
        if part.startswith(_UNREAD):
            unread = True
        elif unread and part.startswith(("</script", "</style", "</pre")):
            unread = False
        told.append(_ARIA.sub(lambda m: f'aria-label="{words(m[1])}"', part))
    return "".join(told)
