"""The report: one self-contained page, no network, themed for light and dark."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from takeup.drawing.dates import day_words
from takeup.drawing.section import Section, figure
from takeup.questions.diagnosis import Diagnosis
from takeup.report.brief import brief_of, do_first, of_whom, topic
from takeup.report.page import Page
from takeup.report.sections import sections

_KICKER = {"model": "the model", "use": "how it is used", "right": "who is right", "why": "why",
           "unknown": "cannot say yet"}  # fmt: skip
_SHAPE = {"model": "square", "use": "diamond", "right": "circle", "why": "ring", "unknown": "ring"}
_FONTS = (("Source Serif 4", "source-serif-4.woff2"), ("Inter", "inter.woff2"))


def render_html(page: Page) -> str:
    """The page as HTML text."""
    return _rendered("report.html.j2", page)


def render_body(page: Page) -> str:
    """What stands in the page, for a site that brings its own frame and the same stylesheet."""
    return _rendered("body.html.j2", page)


def render_card(section: Section) -> str:
    """One card of the page by itself."""
    return _card().render(s=section)


@cache
def _card() -> Template:
    return _environment().from_string('{% from "card.html.j2" import card %}{{ card(s) }}')


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("takeup.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["count"] = lambda n: f"{n:,}"
    environment.filters["figure"] = figure
    environment.filters["codes"] = _codes
    environment.filters["sentence"] = lambda text: text[0].upper() + text[1:]
    return environment


def _rendered(template: str, page: Page) -> str:
    return (
        _environment()
        .get_template(template)
        .render(
            page=page,
            facts=page.facts,
            css=report_css(),
            parts=[
                (d, brief_of(d), sections(d, page.changes.get(d.use_case))) for d in page.diagnoses
            ],
            again=_again(page),
            kicker=_KICKER,
            shape=_SHAPE,
            topic=topic,
            of_whom=of_whom,
            portfolio=_portfolio(page.diagnoses),
            period=_period(page),
            every_look=any(d.every_look for d in page.diagnoses),
        )
    )


@cache
def report_css() -> str:
    """Fonts, tokens and the report's own rules, to stand in one page."""
    style = files("takeup.report") / "style"
    faces = []
    for family, name in _FONTS:
        data = base64.b64encode((style / "fonts" / name).read_bytes()).decode()
        faces.append(
            f'@font-face{{font-family:"{family}";font-weight:200 900;font-display:block;'
            f"src:url(data:font/woff2;base64,{data}) format('woff2')}}"
        )
    sheets = [(style / n).read_text(encoding="utf-8") for n in ("tokens.css", "report.css")]
    return "\n".join([*faces, *sheets])


def _portfolio(diagnoses: Sequence[Diagnosis]) -> str:
    """Several use cases in one sentence."""
    act = sum(do_first(d.findings) is not None for d in diagnoses)
    waits = len(diagnoses) - act
    more = f"; {waits} {'has' if waits == 1 else 'have'} too little to act on" if waits else ""
    return f"{len(diagnoses)} use cases: {act} {'has' if act == 1 else 'have'} something to do first{more}."


def _codes(text: str) -> Markup:
    """Text in which `…` becomes code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def _again(page: Page) -> str:
    return json.dumps(
        {"mapping": page.facts.mapping, "settings": page.facts.settings},
        indent=1,
        ensure_ascii=False,
    )


def _period(page: Page) -> str:
    weeks: list[Any] = [
        g.key for d in page.diagnoses for g in d.measures.adoption.groups.get("week", ())
    ]
    if not weeks:
        return ""
    return f"weeks of {day_words(min(weeks))} to {day_words(max(weeks))} · "
