"""What names people of the organization goes from what others read; what does not name anybody stays."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from takeup.disclosure.names import TAKEN_OUT, Called, Names

PEOPLE = [
    ("Ruth Adeyemi", "radeyemi"), ("Bo Li", "officer-7"), ("Siobhán O'Neil", "p3"), ("José García", "clerk12"),
    ("Anna van der Berg", "p5"), ("Maria de la Cruz", "p6"), ("Omar Al-Rashid", "p7"), ("Anne-Marie Dupont", "p8"),
    ("Søren Ørsted", "p9"), ("Łukasz Woźniak", "p10"), ("Nguyễn Thị Hoa", "p11"), ("Zoë Müller", "p12"),
    ("Will Grant", "p13"), ("May Young", "p14"), ("Mark King", "p15"), ("Mei Ng", "p16"), ("", "r.adeyemi"),
    ("Thế Anh Nguyễn", "p17"), ("Jan-Willem de Vries", "p18"), ("Dr. Karl-Heinz von und zu Weiß", "p19"),
    ("Patricia Price", "p20"), ("Wilhelmina Østergård", "officer-wilhelmina"), ("Иван Петров", "p21"),
    ("Kwame Mensah, MBA", "p22", "k.mensah@bank.example"), ("Li Wei", "p23"), ("An Pham", "p24"),
    ("Björn Jäger", "p25"), ("Rose Bauer", "p26"), ("Sean D'Angelo", "E10234"), ("Credit Desk North", "p28"),
    ("Some Clerk (Risk and Control)", "7"), ("Team 4", "p30"),
]  # fmt: skip
NAMES = Names(Called(*one) for one in PEOPLE)


class Sentence(NamedTuple):
    """A text, the words of it that name somebody, and of those the ones known to be missed; other words known
    to be taken out though they name nobody."""

    text: str
    naming: list[str]
    missed: list[str]
    needless: list[str]


def sentences() -> list[Sentence]:
    found = []
    for line in Path(__file__).with_name("names_in_sentences.txt").read_text("utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        text, _, behind = line.rpartition(" |")
        parts = [part.strip() for part in behind.split(";") if part.strip()]
        missed = words_of(" ".join(part for part in parts if part[0] == "!"))
        needless = words_of(" ".join(part for part in parts if part[0] == "+"))
        gone = words_of(" ".join(part for part in parts if part[0] not in "!+"))
        found.append(Sentence(text.strip(), [*gone, *missed], missed, needless))
    return found


def words_of(text: str) -> list[str]:
    """Words as they are compared here; an s of a genitive goes with its name."""
    bare = unicodedata.normalize("NFC", text).casefold().replace("\u00ad", "")
    return re.findall(r"[^\W_]+", re.sub(r"['’]s\b", "", bare))


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_go_from_400_sentences_and_nothing_else_but_what_the_list_says(form):
    told = sentences()
    assert len(told) >= 400
    assert sum(not one.naming for one in told) >= 150
    named = others = missed = needless = 0
    for one in told:
        written = Counter(words_of(one.text))
        shown = Counter(words_of(NAMES.taken_out(unicodedata.normalize(form, one.text))))
        gone, naming = written - shown, Counter(one.naming)
        assert (naming - gone, one.text) == (Counter(one.missed), one.text)
        assert (gone - naming, one.text) == (Counter(one.needless), one.text)
        named += naming.total()
        others += (written - naming).total()
        missed, needless = missed + len(one.missed), needless + len(one.needless)
    assert 1 - missed / named >= 0.95
    assert needless / others <= 0.005


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
