"""Answers to the survey from the tools that companies already use: LimeSurvey, Qualtrics, Microsoft and Google Forms.

A column is known by an item's key, by its text in any language we ask in, or by a mapping; an answer by a number,
by what a scale calls it, or by a mapping. Whatever tells who answered (names, addresses, times, identifiers) is
never kept. What cannot be read is named, and costs no other answer.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from takeup.log import Engine, fetch
from takeup.record.canonical import ROW
from takeup.record.errors import InputError
from takeup.record.nearest import nearest
from takeup.record.questionnaire import ITEMS, questionnaire
from takeup.record.toml_file import Declaration, declare, read_toml
from takeup.record.words import fold
from takeup.sources.checking import raw_problems
from takeup.sources.open_table import open_table
from takeup.sources.reconciliation import Problem

_FIRST = 5
_IDENTITIES = (
    "responseid", "response id", "antwort-id", "antwort id", "recipientemail", "email", "e-mail",
    "email address", "e-mail-adresse", "e-mail address", "token",
)  # fmt: skip
"""Columns by which a respondent who answered twice is known; read for that alone."""
_FINISHED = ("finished", "completed", "abgeschlossen")
_IMPORT_ID = re.compile(r'^\s*\{\s*"ImportId"')
_BRACKETS = re.compile(r"\[([^\]]*)\]\s*$")
_TAGS = re.compile(r"<[^>]+>")
_NUMBER = re.compile(r"^\s*A?(\d+)(?:[.,]0+)?\s*$", re.IGNORECASE)
_LEADING = re.compile(r"^\s*([1-5])\s*[-–—:.)=]\s*\D")


class NoSurveyError(InputError):
    """A file in which no column is one of the survey's statements."""


class SurveyMapping(Declaration):
    """What a file's columns and answers are: `items` by item, `answers` by what stands in the file (0: does not
    apply), `population` a column; `respondent` a column by which somebody who answered twice is known."""

    items: dict[str, str] = {}
    answers: dict[str, int] = {}
    population: str | None = None
    respondent: str | None = None


@dataclass(frozen=True, slots=True)
class SurveyExport:
    """Answers by population (empty where the file names none), 1 to 5 by item."""

    answers: tuple[tuple[str, Mapping[str, int]], ...]
    problems: tuple[Problem, ...]
    items: tuple[str, ...]
    """The items that the file asks."""


def read_survey_mapping(path: Path) -> SurveyMapping:
    """A mapping file (TOML). Raises DeclarationError."""
    return declare(SurveyMapping, read_toml(path), str(path))


@dataclass
class _Reading:
    name: str
    mapping: SurveyMapping
    problems: list[Problem] = field(default_factory=list)

    def tell(
        self, column: str, what: str, remedy: str, at: pd.Index | None = None, example: str = ""
    ) -> None:
        rows = () if at is None else tuple(int(r) for r in at)
        self.problems.append(
            Problem(
                self.name,
                "evidence",
                column,
                max(len(rows), 1),
                rows[:_FIRST],
                example,
                what,
                remedy,
            )
        )


def read_survey_export(path: Path, mapping: SurveyMapping | None = None) -> SurveyExport:
    """Read one export (CSV or `.xlsx`). Raises InputError where none of its columns is a statement of the survey, or a
    mapping names what is not there."""
    reading = _Reading(path.name, mapping or SurveyMapping())
    rows = _without_heads(_rows(path, reading))
    columns = _columns(rows, reading)
    rows = _finished(rows, reading)
    rows = _once(rows, reading)
    answers = _answers(rows, columns, reading)
    population = _population(rows, reading)
    told: list[tuple[str, Mapping[str, int]]] = [
        (name, {str(item): int(v) for item, v in one.items() if not pd.isna(v)})
        for name, one in zip(population, answers.to_dict("records"), strict=True)
    ]
    empty = rows.index[[not one for _, one in told]]
    if len(empty):
        reading.tell(
            next(iter(columns.values())),
            "no statement is answered; the row is left out",
            "",
            empty,
        )
    return SurveyExport(
        tuple((name, one) for name, one in told if one), tuple(reading.problems), tuple(columns)
    )


def _rows(path: Path, reading: _Reading) -> pd.DataFrame:
    engine = Engine()
    with tempfile.TemporaryDirectory(prefix="takeup-") as folder:
        raw = open_table(path, engine, Path(folder))
        rows = fetch(raw.table.order_by(ROW)).to_pandas()
        reading.problems += raw_problems(raw)
    engine.close()
    text: pd.DataFrame = rows.drop(columns=[ROW]).map(
        lambda v: "" if pd.isna(v) else str(v).strip()
    )
    text.columns = [str(c).strip() for c in text.columns]
    text.index = rows[ROW]
    return text


def _without_heads(rows: pd.DataFrame) -> pd.DataFrame:
    """Qualtrics writes three lines of heads: a key, the question's text, and its ImportId. A text that is a statement
    becomes the head of its column."""
    for at in range(min(2, len(rows))):
        if any(_IMPORT_ID.match(v) for v in rows.iloc[at]):
            texts = rows.iloc[0] if at else pd.Series(rows.columns, rows.columns)
            heads = [c if _item_of(c) or not _item_of(texts[c]) else texts[c] for c in rows.columns]
            rows = rows.iloc[at + 1 :]
            rows.columns = pd.Index(heads)
            return rows
    return rows


def _columns(rows: pd.DataFrame, reading: _Reading) -> dict[str, str]:
    """The column of each item."""
    found: dict[str, str] = {}
    for item, column in reading.mapping.items.items():
        if item not in ITEMS:
            raise InputError(
                f"the mapping names {item!r}, which is no item; there are {', '.join(ITEMS)}"
            )
        if column not in rows.columns:
            near = nearest(column, list(rows.columns))
            raise InputError(
                f"{reading.name}: the mapping names column {column!r}, which is not there"
                + (f" (the nearest is {near!r})" if near else "")
            )
        found[item] = column
    for column in rows.columns:
        named = _item_of(column)
        if named is None or column in found.values():
            continue
        if named in found and named not in reading.mapping.items:
            reading.tell(
                column, f"is {named}, and so is {found[named]!r}, which is used",
                f'name the right one in a mapping: [items] {named} = "its head"',
            )  # fmt: skip
        found.setdefault(named, column)
    if not found:
        raise NoSurveyError(
            f"{reading.name} is no export of the survey: no column is one of its statements. It has: "
            f'{", ".join(list(rows.columns)[:12])}. Name them in a mapping: [items] JS1 = "the column"'
        )
    for item in ITEMS:
        if item not in found:
            reading.tell(
                item,
                "was not asked; a reason counts from three of its four items",
                f'name its column in a mapping, if it is there: [items] {item} = "its head"',
            )
    return {item: found[item] for item in ITEMS if item in found}


def _item_of(head: str) -> str | None:
    """The item that a column's head names: by key (`JS1`, `q[JS1]`, `JS4r`) or by text, in any language."""
    inner = _BRACKETS.search(head)
    for text in (head, inner.group(1) if inner else head):
        known = _heads().get(_plain(text))
        if known:
            return known
    return next((item for text, item in _texts() if _plain(head).endswith(text)), None)


def _plain(text: str) -> str:
    return fold(_TAGS.sub(" ", text)).strip(" .?!:")


def _heads() -> dict[str, str]:
    keys = {fold(i): i for i in ITEMS} | {fold(i.removesuffix("r")): i for i in ITEMS}
    return keys | dict(_texts())


def _texts() -> list[tuple[str, str]]:
    items = questionnaire().items.items()
    return [(_plain(text), item) for item, words in items for text in words.values()]


def _finished(rows: pd.DataFrame, reading: _Reading) -> pd.DataFrame:
    """Previews go; what was not finished stays, and is said."""
    column = next((c for c in rows.columns if fold(c) in _FINISHED), None)
    if column is not None:
        partial = rows.index[rows[column].str.lower().isin(["false", "0", "no", "nein"])]
        if len(partial):
            reading.tell(column, "was not finished; what was answered is used", "", partial)
    status = next((c for c in rows.columns if fold(c) in ("status", "distributionchannel")), None)
    if status is None:
        return rows
    previews = rows[status].str.lower().isin(["survey preview", "preview", "1"]) & (
        fold(status) != "distributionchannel"
    )
    if previews.any():
        reading.tell(status, "is a preview, which is left out", "", rows.index[previews])
    return rows[~previews]


def _once(rows: pd.DataFrame, reading: _Reading) -> pd.DataFrame:
    """The last answer of somebody who answered more than once."""
    named = reading.mapping.respondent
    if named is not None and named not in rows.columns:
        raise InputError(f"{reading.name}: the mapping names column {named!r}, which is not there")
    columns = [named] if named else [c for c in rows.columns if fold(c) in _IDENTITIES]
    for column in columns:
        who = rows[column].str.lower()
        known = who.ne("") & who.ne("anonymous") & who.ne("anonym")
        again = known & who.duplicated(keep="last")
        if again.any():
            reading.tell(
                column, "is of somebody who answered once more; the last answer is used",
                "where that is wrong, name in a mapping by what respondents are known: respondent = \"a column\"", rows.index[again],
            )  # fmt: skip
            rows = rows[~again]
    return rows


def _answers(rows: pd.DataFrame, columns: Mapping[str, str], reading: _Reading) -> pd.DataFrame:
    said = {item: rows[column] for item, column in columns.items()}
    every = pd.concat(said.values())
    scale = _scale(pd.unique(every), reading)
    _need_five_points(every, scale, reading)
    out = pd.DataFrame({item: text.map(lambda v: scale[fold(v)]) for item, text in said.items()})
    for item, text in said.items():
        _tell_unread(item, text, scale, reading)
    return out.where(out > 0)


def _need_five_points(every: pd.Series, scale: Mapping[str, int], reading: _Reading) -> None:
    """Raises InputError where what cannot be read stands too often for a slip: then the scale has other points, and the
    others do not mean what they would of five."""
    unread = every[every.map(lambda v: scale[fold(v)] == _UNREAD)].value_counts()
    often = unread[unread >= max(3, 0.01 * len(every))]
    if len(often):
        raise InputError(
            f"{reading.name}: {often.index[0]!r} stands {int(often.iloc[0])} times and is none of five points. If the "
            'scale has other points, say under [answers] in a mapping what each is: "its word" = 1 to 5 (0: does '
            "not apply)"
        )


_UNREAD = -1


def _scale(words: Iterable[str], reading: _Reading) -> dict[str, int]:
    """What each answer in the file is, 1 to 5; 0 where it does not apply, `_UNREAD` where it cannot be told. Words of a
    scale are read by one scale for the whole file: on its own, *Disagree* is 1 of one and 2 of another."""
    own = {fold(k): v for k, v in reading.mapping.answers.items()}
    if wrong := [k for k, v in reading.mapping.answers.items() if not 0 <= v <= 5]:
        raise InputError(f"the mapping says {wrong[0]!r} is {reading.mapping.answers[wrong[0]]}; write 1 to 5, or 0 for does not apply")  # fmt: skip
    found: dict[str, int] = {}
    left = []
    none = {fold(w) for w in questionnaire().does_not_apply}
    for word in {fold(w): w for w in words}.values():
        key, number = fold(word), _NUMBER.match(word) or _LEADING.match(word)
        if key in own:
            found[key] = own[key]
        elif not word or key in none:
            found[key] = 0
        elif number:
            found[key] = int(number.group(1)) if 1 <= int(number.group(1)) <= 5 else _UNREAD
        else:
            left.append(key)
    return found | _by_scales(left)


def _by_scales(words: list[str]) -> dict[str, int]:
    """Each language's words by the scale that knows most of them."""
    found = dict.fromkeys(words, _UNREAD)
    scales = [
        {fold(name): n for n, name in enumerate(scale, 1)} for scale in questionnaire().scales
    ]
    left = set(words)
    while left:
        best = max(scales, key=lambda scale: len(left & set(scale)))
        if not left & set(best):
            break
        found |= {word: best[word] for word in left & set(best)}
        left -= set(best)
    return found


def _tell_unread(item: str, text: pd.Series, scale: Mapping[str, int], reading: _Reading) -> None:
    bad = text[text.map(lambda v: scale.get(fold(v), _UNREAD) == _UNREAD)]
    if bad.empty:
        return
    reading.tell(
        item, "is none of five points; it is left blank, the rest of its row is used",
        'write 1 to 5, or say in a mapping what it is: [answers] "its word" = 1 to 5', bad.index, str(bad.iloc[0]),
    )  # fmt: skip


def _population(rows: pd.DataFrame, reading: _Reading) -> list[str]:
    column = reading.mapping.population
    if column is None:
        column = next((c for c in rows.columns if fold(c) == "population"), None)
    if column is None:
        return [""] * len(rows)
    if column not in rows.columns:
        raise InputError(f"{reading.name}: the mapping names column {column!r}, which is not there")
    return [str(v) for v in rows[column]]
