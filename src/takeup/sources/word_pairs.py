"""Words of the advice and of the choice that never meet, and which of them may be one.

`payout` is what people choose where the model says `auszahlen`: nothing but who knows the table can say
that these are one word, and until somebody does, no case of them agrees or disagrees.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from takeup.record.toml_file import toml_text
from takeup.record.words import fold
from takeup.sources.languages import every_language
from takeup.sources.proposed_meanings import in_expression, literal
from takeup.sources.questions import Answer, Question

FEWEST = 10
"""Cases below which two sides may miss each other by chance."""

_FEW_WORDS = 20
_ALIKE = 0.72
_TWICE = 2.0
_MOST_OFFERED = 8
_MANY = 0.05
"""Share of the advice below which a word that nobody takes is a rare class of the model."""

_MANY_JUDGED = 30
"""Judged cases in all of which a class of a model is not wrong by chance, where people tell several apart."""

_FEW_OWN = 4
"""Most choices that are never advised to be asked about one by one: more are no few exceptions."""


@dataclass(frozen=True, slots=True)
class Case:
    """How many cases of a use case have this advice and this choice; of how many the right answer is known."""

    use_case: str
    advice: str
    choice: str
    n: int
    judged: int = 0


@dataclass(frozen=True, slots=True)
class Unmet:
    """A word of one side that the other never says. `others`: the words of the other side, the likeliest
    first, with how many of its cases stand beside them; `likely`: how many of them look like it or stand
    beside it at twice the odds of other cases. `must`: nothing is counted before somebody says what it is. `own`:
    it is like none of the other side; `wrong`: of how many of its cases the right answer is known, and another."""

    use_case: str
    side: str
    word: str
    n: int
    others: tuple[tuple[str, int], ...]
    likely: int
    must: bool = True
    own: bool = False
    wrong: int = 0


def unmet_words(
    cases: Iterable[Case],
    known: Collection[str] = (),
    answers: Collection[tuple[str, str]] = (),
) -> tuple[list[Unmet], list[str]]:
    """Words that must be explained before anything is counted, and sentences on those that need not be.

    `known`: words declared by a mapping or a use case. A choice that is never advised and is like none of
    the advice stands for itself (a third choice); so does advice that nobody ever takes, where it is rare or one
    of `answers` (words of a use case that were right, or somebody's first answer). Else it may be no advice.
    """
    by_use_case: dict[str, list[Case]] = {}
    for case in cases:
        by_use_case.setdefault(case.use_case, []).append(case)
    unmet: list[Unmet] = []
    notes: list[str] = []
    for name, found in by_use_case.items():
        real = {word for use_case, word in answers if use_case == name}
        open_ones, said = _of_use_case(name, found, frozenset(known), real)
        unmet += open_ones
        notes += said
    return unmet, notes


def _of_use_case(
    name: str, cases: list[Case], known: frozenset[str], real: Collection[str]
) -> tuple[list[Unmet], list[str]]:
    advice, choice, both = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    judged = Counter[str]()
    for case in cases:
        advice[case.advice] += case.n
        judged[case.advice] += case.judged
        choice[case.choice] += case.n
        both[case.advice, case.choice] += case.n
    total = sum(advice.values())
    only_advised = [w for w in advice if w not in choice and w not in known]
    only_chosen = [w for w in choice if w not in advice and w not in known]
    if total < FEWEST or not (only_advised or only_chosen):
        return [], []
    chosen = [
        Unmet(name, "choice", w, choice[w], *_others(w, choice[w], advice, both, total))
        for w in sorted(only_chosen, key=lambda w: (-choice[w], w))
    ]
    few = len(advice) <= _FEW_WORDS and len(choice) <= _FEW_WORDS
    never = not set(advice) & set(choice)
    if only_advised and only_chosen and (few or never):
        return chosen, []
    alike = [u for u in chosen if _is_like(u, advice)]
    alike += [
        Unmet(
            name,
            "recommendation",
            w,
            advice[w],
            *_alike_first(w, choice, both),
        )
        for w in only_advised
        if any(_resemble(w, c) for c in choice)
    ]
    lone = [w for w in only_advised if w not in {u.word for u in alike}]
    many = [w for w in lone if advice[w] >= max(FEWEST, _MANY * total) and w not in real]
    untaken = [
        Unmet(
            name,
            "recommendation",
            w,
            advice[w],
            *_alike_first(w, choice, both),
            must=(judged[w] >= _MANY_JUDGED and len(choice) > 1)
            or every_language().is_abstaining(w),
            own=True,
            wrong=judged[w],
        )
        for w in sorted(many, key=lambda w: (-advice[w], w))
    ]
    asked = [u for u in untaken if u.must]
    notes = []
    for words, said in (
        (
            [u.word for u in chosen if u not in alike],
            "is chosen and never advised: it counts as another choice",
        ),
        (
            [w for w in lone if w not in {u.word for u in asked}],
            "is advised and never chosen",
        ),
    ):
        if words:
            listed = ", ".join(f'"{w}"' for w in sorted(words)[:8])
            notes.append(f"{listed} {said}")
    own = [replace(u, must=False, own=True) for u in chosen if u not in alike]
    own += [u for u in untaken if not u.must]
    return alike + asked + (own if len(own) <= _FEW_OWN else []), notes


def _is_like(one: Unmet, advice: Counter[str]) -> bool:
    """Whether a choice may be a word of the advice: it looks like one, or stands mostly beside one of
    several."""
    mostly = len(advice) > 1 and bool(one.likely) and 2 * one.others[0][1] > one.n
    return mostly or any(_resemble(one.word, w) for w in advice)


def _others(
    word: str, n: int, advice: Counter[str], both: Counter[tuple[str, str]], total: int
) -> tuple[tuple[tuple[str, int], ...], int]:
    """The words of the advice, and how many of them are likely to be `word`: they stand beside it at
    twice the odds of other cases, or look like it. People who mostly differ make the wrong one likely, so
    that all are offered."""

    def odds(a: str) -> float:
        beside = both[a, word]
        others = advice[a] - beside
        return (beside + 0.5) * (total - n - others + 0.5) / ((n - beside + 0.5) * (others + 0.5))

    rank = {a: odds(a) * (100 if _resemble(word, a) else 1) for a in advice}
    best = sorted(advice, key=lambda a: (-rank[a], a))
    return tuple((a, both[a, word]) for a in best), sum(rank[a] >= _TWICE for a in best)


def _alike_first(
    word: str, choice: Counter[str], both: Counter[tuple[str, str]]
) -> tuple[tuple[tuple[str, int], ...], int]:
    """The words of the choice, those that look like `word` first, and how many do."""
    best = sorted(choice, key=lambda c: (not _resemble(word, c), -both[word, c], c))
    return tuple((c, both[word, c]) for c in best), sum(_resemble(word, c) for c in best)


def _resemble(one: str, other: str) -> bool:
    """Whether two words look like one thing: of one meaning, or written nearly alike."""
    if one == other:
        return False
    language = every_language()
    meanings = language.meaning(one), language.meaning(other)
    if None not in meanings:
        return meanings[0] == meanings[1]
    a, b = fold(one), fold(other)
    if min(len(a), len(b)) < 4:
        return a == b
    return SequenceMatcher(None, a, b).ratio() >= _ALIKE


def as_questions(
    unmet: Iterable[Unmet], source: dict[str, str], acts: bool = False
) -> list[Question]:
    """The questions; `source` gives the table's own names of the canonical columns. `acts`: the mapping
    says already what was done with the advice."""
    found = []
    for one in unmet:
        if one.own:
            chosen = one.side == "choice"
            found.append(_of_its_own(one, source, acts) if chosen else _never_taken(one, source))
            continue
        other = "recommendation" if one.side == "choice" else "choice"
        here, there = source.get(one.side, one.side), source.get(other, other)
        beside = ", ".join(f'{n} of them where it says "{w}"' for w, n in one.others[:3] if n)
        where = f" of {one.use_case}" if one.use_case else ""
        text = (
            f'column {here} says "{one.word}" in {one.n} cases{where}; column {there} never does'
            + (f" ({beside})" if beside else "")
            + ". Is it another word for the same thing? Until the mapping says, these cases neither agree nor differ."
        )
        answers = [
            Answer(f'it is "{w}"', f"[values.{one.side}]\n{toml_text(one.word)} = {toml_text(w)}")
            for w, _ in one.others[:_MOST_OFFERED]
        ]
        answers.append(
            Answer(
                "it is a choice of its own",
                f"[values.{one.side}]\n{toml_text(one.word)} = {toml_text(one.word)}",
            )
        )
        answers.append(
            Answer(
                "it says that nothing is known", f'[values.{one.side}]\n{toml_text(one.word)} = ""'
            )
        )
        found.append(Question(here, text, tuple(answers)))
    return found


def _of_its_own(one: Unmet, source: dict[str, str], acts: bool) -> Question:
    """What a choice is that is never advised and like none of the advice: a third choice, or none yet."""
    here, there = source.get(one.side, one.side), source.get("recommendation", "recommendation")
    where = f" of {one.use_case}" if one.use_case else ""
    values = f"[values.{one.side}]\n{toml_text(one.word)} = "
    answers = [
        Answer("a choice of its own: it differs from the advice", values + toml_text(one.word))
    ]
    if not acts and here in source.values():
        sent_on = f"'deferred' if {in_expression(here)} == {literal(one.word)} else ''"
        answers.append(
            Answer(
                "the case was sent on undecided: it is in no rate",
                f'{values}""\n[computed]\naction = {toml_text(sent_on)}',
            )
        )
    answers.append(Answer("it says that nothing is known", f'{values}""'))
    return Question(
        here,
        f'column {here} says "{one.word}" in {one.n} cases{where}; column {there} never does. What is it?',
        tuple(answers),
        must=False,
        default=1,
    )


def _never_taken(one: Unmet, source: dict[str, str]) -> Question:
    """What advice is that nobody ever takes and that is never right: a word of its own, or none at all."""
    here, there = source.get(one.side, one.side), source.get("choice", "choice")
    where = f" of {one.use_case}" if one.use_case else ""
    right = (
        f", and another answer was right in all {one.wrong} of them that were judged"
        if one.wrong
        else ""
    )
    values = f"[values.{one.side}]\n{toml_text(one.word)} = "
    none = Answer("no advice: the model gave none there, or left the case to people", f'{values}""')
    own = Answer("advice of its own: nobody ever took it", values + toml_text(one.word))
    others = [
        Answer(f'another word for "{w}"', values + toml_text(w))
        for w, _ in one.others[:_MOST_OFFERED]
    ]
    return Question(
        here,
        f'column {here} says "{one.word}" in {one.n} cases{where}; column {there} never does{right}. Is it advice? As '
        "such, each of these cases goes against it.",
        (none, own, *others) if one.must else (own, none),
        must=one.must,
        default=0 if one.must else 1,
    )


def never_met(
    column: str, source: str, words: dict[str, int], known: Collection[str]
) -> list[Question]:
    """The questions where no word of a column is one that was advised or chosen."""
    listed = ", ".join(f'"{w}"' for w in sorted(known)[:8])
    found = []
    for word, n in sorted(words.items(), key=lambda one: -one[1])[:_FEW_WORDS]:
        alike = [k for k in sorted(known) if _resemble(word, k)]
        answers = [
            Answer(f'it is "{k}"', f"[values.{column}]\n{toml_text(word)} = {toml_text(k)}")
            for k in (alike or sorted(known)[:4])
        ]
        answers.append(
            Answer("it says that nothing is known", f'[values.{column}]\n{toml_text(word)} = ""')
        )
        found.append(
            Question(
                source,
                f'column {source}: "{word}" stands in {n} rows, and no word of this column was advised or '
                f"chosen ({listed}).",
                tuple(answers),
            )
        )
    return found
