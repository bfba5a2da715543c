"""What names people of the organization goes from what others read; what does not name anybody stays."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from takeup.disclosure.names import TAKEN_OUT, Names

PEOPLE = [
    ("Ruth Adeyemi", "radeyemi"), ("Bo Li", "officer-7"), ("Siobhán O'Neil", "p3"), ("José García", "clerk12"),
    ("Anna van der Berg", "p5"), ("Maria de la Cruz", "p6"), ("Omar Al-Rashid", "p7"), ("Anne-Marie Dupont", "p8"),
    ("Søren Ørsted", "p9"), ("Łukasz Woźniak", "p10"), ("Nguyễn Thị Hoa", "p11"), ("Zoë Müller", "p12"),
    ("Will Grant", "p13"), ("May Young", "p14"), ("Mark King", "p15"), ("Mei Ng", "p16"), ("", "r.adeyemi"),
]  # fmt: skip
NAMES = Names(PEOPLE)


def sentences() -> list[tuple[str, list[str], list[str]]]:
    """Each sentence, what must be gone, and what is known to stay though it names somebody."""
    found = []
    for line in Path(__file__).with_name("names_in_sentences.txt").read_text("utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        text, _, gone = line.rpartition(" |")
        parts = [part.strip() for part in gone.split(";") if part.strip()]
        missed = [part.strip("!") for part in parts if "!" in part]
        found.append((text.strip(), [part for part in parts if "!" not in part], missed))
    return found


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_of_200_sentences_every_name_goes_and_no_other_word(form):
    told = sentences()
    assert len(told) >= 200
    kept, lost = [], []
    for text, gone, missed in told:
        shown = NAMES.taken_out(unicodedata.normalize(form, text))
        rest = text
        for part in sorted([*gone, *missed], key=len, reverse=True):
            rest = rest.replace(part, " ", 1)
        kept += [(text, shown) for part in gone if stands(part, shown) and not stands(part, rest)]
        if not gone and not missed and shown != text:
            lost.append((text, shown))
    assert kept == []
    assert lost == []


def stands(part: str, text: str) -> bool:
    return f" {part.casefold()} " in f" {text.casefold().replace('.', ' ').replace(',', ' ')} "


def test_what_is_said_to_be_missed_is_missed():
    missed = [(text, part) for text, _, parts in sentences() for part in parts]
    assert 5 <= len(missed) <= 10
    assert all(part.casefold() in NAMES.taken_out(text).casefold() for text, part in missed)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("I asked Ruth Adeyemi.", f"I asked {TAKEN_OUT}."),
        ("as R. Adeyemi's list says", f"as {TAKEN_OUT} list says"),
        ("Ms van der Berg, O’Neil and Bo", f"Ms {TAKEN_OUT}, {TAKEN_OUT} and {TAKEN_OUT}"),
        ("Bo said: I checked", f"{TAKEN_OUT} said: I checked"),
        ("see officer-7. The grant is May's", f"see {TAKEN_OUT}. The grant is {TAKEN_OUT}"),
    ],
)
def test_the_rest_of_a_sentence_stays_as_it_was_written(text, shown):
    assert NAMES.taken_out(text) == shown
