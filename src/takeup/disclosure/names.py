"""Takes what names somebody out of a text that one person wrote and another reads.

Known are the people of the organization, by name, id and address; addresses, longer numbers and who is called
"Mr" or the like go wherever they stand. Words are compared without case, marks and apostrophes, in any normal
form, and written in plain letters (anyascii). What in a name is none is told by nameparser's words: titles
and degrees go, particles belong to the word behind them. A name that is a word as well ("Will", "Grant") is one
where it has a capital letter that its place does not give it, or stands beside another name of that person.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise, permutations
from typing import Literal, NamedTuple

from anyascii import anyascii
from nameparser import Lexicon

TAKEN_OUT = "…"
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")
_WORD = re.compile(r"[^\W_]+")
_WITHIN_A_NAME = re.compile(r"[\s.,'’‘ʼ`´\-‐‑–_]{1,3}")
_WITHIN_AN_ID = re.compile(r"[\s._/#:@+\-]")
_ENDS = frozenset(".!?:;\n…")
_OPENS = " \"'“„«»()-–•*"
_INITIALS_BEFORE = re.compile(r"(?<!\w)(?:[^\W\d_]\.[\s-]?|[A-HJ-Z]\s)+$")
_BEHIND = re.compile(r"\s[A-Z]\.(?!\w)|['’][sS](?!\w)")
_YEARS = r"(?:19|20)\d\d(?:\s?[/–-]\s?(?:19|20)?\d\d)?(?![\w/-])"
_STRANGERS = re.compile(
    # Addresses of mail and of pages, handles.
    r"(?<![^\s<>(),;])[^\s<>(),;]+@[^\s<>(),;]*\w|(?<!\S)\S+ ?[(\[](?:at|AT)[)\]] ?[\w.-]*\w"
    r"|(?<!\w)@\w[\w.-]*|(?:https?://|www\.)\S*\w"
    # Dates; seven digits or more in groups, and three pairs.
    r"|(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\d)"
    rf"|(?:\b[A-Z]{{2}})?\+?\(?(?<!\d)(?!{_YEARS})\d(?:[\s/().-]{{0,2}}\d){{6,}}"
    r"|(?<!\d)\d\d[ .-]\d\d[ .-]\d\d(?!\d)"
    # Four digits or more in a row, or among letters; a year is none.
    rf"|(?<!\w)(?!{_YEARS})(?=(?:[^\W_]*\d){{4}})\w+"
)
_HONORIFICS = (
    "Mr", "Mrs", "Ms", "Mx", "Dr", "Prof", "Herr", "Herrn", "Frau", "Señor", "Señora", "Sra", "Mme", "Monsieur",
    "Madame", "Mevrouw", "Meneer", "Signor", "Signora",
)  # fmt: skip
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_ENOUGH = 5
"""Letters from which a name is looked for with others in one word ("radeyemi", "Müllers")."""

When = Literal["always", "id", "capital"]
"""When words that are a name are meant for one: always; where nothing but a sign stands between them; where
they are written with a capital letter."""


class Called(NamedTuple):
    """What one person is called: a name, an id, an address; what is not known is empty."""

    name: str
    person_id: str = ""
    address: str = ""


class Names:
    """The people of an organization, as they are called in texts. Made once for many texts."""

    def __init__(self, people: Iterable[Called]) -> None:
        self._known: dict[str, When] = {}
        self._begun: set[str] = set()
        for person in people:
            if any(map(str.isdigit, person.name)):
                self._add_id(person.name)
            else:
                self._add_name(person.name)
            self._add_id(person.person_id)
            self._add_id(person.address.partition("@")[0])

    def taken_out(self, text: str) -> str:
        """`text` with … in place of names, ids, addresses and longer numbers; marks as one character with their
        letter (NFC)."""
        text = _as_read(text)
        return _without(text, [*self._people(text), *_strangers(text)])

    def people_taken_out(self, text: str) -> str:
        """`text` without these people; as it is where it names none of them."""
        read = _as_read(text)
        named = list(self._people(read))
        return _without(read, named) if named else text

    def _add_name(self, name: str) -> None:
        parts = _parts(name)
        for spell in (_plain,) if name.isascii() else (_plain, _german):
            for words in _ways_to_say([[spell(word) for word in part] for part in parts]):
                self._add(words)

    def _add_id(self, handle: str) -> None:
        """An id of letters is taken as a name is; a number of under four digits could be anything."""
        words = [_plain(word) for word in _words(handle)]
        glued = "".join(words)
        if (glued.isdigit() and len(words) == 1) or len(glued) < 2:
            return
        if len(words) == 1 or glued.isalpha():
            self._add(words)
        else:
            self._add(words, "id")
            if not glued.isdigit():
                self._add([glued], "id")

    def _add(self, words: Sequence[str], when: When | None = None) -> None:
        if not all(words):
            return
        if when is None:
            when = "capital" if _told().common.issuperset(words) else "always"
        key = " ".join(words)
        if self._known.get(key, "capital") == "capital":
            self._known[key] = when
        self._begun.update(" ".join(words[:n]) for n in range(1, len(words)))

    def _people(self, text: str) -> Iterator[tuple[int, int]]:
        """Where somebody is named, with initials and a genitive's s around it; the longest where several begin alike."""
        words = list(_WORD.finditer(text))
        at = 0
        while at < len(words):
            long = self._length_at(text, words, at)
            if long:
                start, end = words[at].start(), words[at + long - 1].end()
                if initials := _INITIALS_BEFORE.search(text, max(start - 12, 0), start):
                    start = initials.start()
                if behind := _BEHIND.match(text, end):
                    end = behind.end()
                yield start, end
            at += long or 1

    def _length_at(self, text: str, words: Sequence[re.Match[str]], at: int) -> int:
        """Of how many words the longest name is that begins here; 0 for none."""
        longest, begun = 0, [""]
        for beyond in range(at, len(words)):
            word = words[beyond][0]
            said = [f"{one} {s}".lstrip() for one in begun for s in {_plain(word), _german(word)}]
            here = words[at : beyond + 1]
            if any(one in self._known and _meant(self._known[one], text, here) for one in said):
                longest = len(here)
            begun = [one for one in said if one in self._begun]
            if not begun:
                break
        return longest or int(self._is_genitive(words[at][0]))

    def _is_genitive(self, word: str) -> bool:
        """Whether a word is a name with an s behind it, as in "Müllers Kunde"."""
        if len(word) < _ENOUGH or word[-1] != "s" or not word[0].isupper():
            return False
        return self._known.get(_plain(word[:-1])) == "always" and _plain(word) not in _told().common


def _meant(when: When, text: str, words: Sequence[re.Match[str]]) -> bool:
    """Whether these words, by which somebody is called, are meant for a person."""
    between = [text[a.end() : b.start()] for a, b in pairwise(words)]
    if not all(map((_WITHIN_AN_ID if when == "id" else _WITHIN_A_NAME).fullmatch, between)):
        return False
    last = words[-1][0]
    has_case = last[0].lower() != last[0].upper()
    is_abbreviation = len(words) == 1 and len(last) == 2 and last.isalpha() and last.isupper()
    if is_abbreviation and not text.isupper():
        return False
    if when != "capital" or not has_case:
        return True
    if text.isupper():
        return len(words) > 1
    return last[0].isupper() and not _capital_by_place(text, words)


def _capital_by_place(text: str, words: Sequence[re.Match[str]]) -> bool:
    """Whether one word has its capital from where it stands: "Will pay", "in May"."""
    if len(words) > 1:
        return False
    word, before = _plain(words[0][0]), text[: words[0].start()]
    if before.rstrip(_OPENS)[-1:] not in {"", *_ENDS}:
        return _plain(before.split()[-1]) in _told().behind.get(word, ())
    follows = _WORD.search(text, words[0].end())
    if follows is None:
        return False
    between = text[words[0].end() : follows.start()]
    if between in ("'", "’") and follows[0] in ("s", "S"):
        return False
    return not between.isspace() or _plain(follows[0]) not in _told().people_do


def _parts(name: str) -> list[list[str]]:
    """The parts of a name that each call a person, as words: of "Dr. Jan van der Berg, MBA" these are
    "Jan" and "van der Berg". Several words in brackets are where somebody works."""
    told = _told()
    name = re.sub(r"\([^)]*\s[^)]*\)", " ", unicodedata.normalize("NFC", name))
    written = [w for w in (w.strip('.;()"“”„') for w in re.split(r"[\s,]+", name)) if w]
    while len(written) > 1 and _is_title(written[0], name):
        del written[0]
    while len(written) > 1 and _is_degree(written[-1], name):
        del written[-1]
    found: list[list[str]] = []
    particles: list[str] = []
    for place, word in enumerate(written):
        behind = [w.casefold() for w in written[place + 1 : place + 2]]
        is_particle = bool(behind) and word.casefold() in told.particles
        if place == 0 and "," not in name and word.casefold() in told.given_names_too:
            is_particle = is_particle and behind[0] in told.particles
        particles += _words(word)
        if not is_particle:
            found.append(particles)
            particles = []
    return [part for part in found if len("".join(part)) > 1]


def _is_title(word: str, name: str) -> bool:
    """Whether a name begins with a title; one that is also a name ("Dean") is one with a full stop."""
    low = word.casefold()
    return low in _told().titles or (low in _told().titles_too and f"{word}." in name)


def _is_degree(word: str, name: str) -> bool:
    in_letters = "." in word or (word.isupper() and not name.isupper())
    low = word.casefold()
    return low in _told().suffixes or (in_letters and low.replace(".", "") in _told().degrees)


def _ways_to_say(parts: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    """Each part, without its particles too, and its words; two parts in either order, also with particles at the end;
    both as one word, as handles have them."""
    for part in parts:
        yield part
        if len(part) > 1:
            yield ["".join(part)]
            yield from (part[at:] for at, word in enumerate(part) if len(word) > 1)
            yield from ([w] for w in part if len(w) > 1 and w not in _told().particles)
    for one, other in permutations(parts, 2):
        yield [*one, *other]
        if len(other) > 1:
            # As lists of names have it: "Berg, Anna van der".
            yield [other[-1], *one, *other[:-1]]
            yield [other[-1], *one]
        last = "".join(other)
        if len(last) >= _ENOUGH and last not in _told().common:
            yield from (["".join(one) + last], [one[0][:1] + last], [last + one[0][:1]])


def _strangers(text: str) -> Iterator[tuple[int, int]]:
    """Addresses, numbers, and the names behind "Mr" and the like."""
    yield from (found.span() for found in _STRANGERS.finditer(text))
    for honorific in _honorific().finditer(text):
        at = end = honorific.end()
        for word in _WORD.finditer(text, at):
            if text[at : word.start()].strip("-’'") not in ("", " "):
                break
            at = word.end()
            if word[0][0].isupper():
                end = at
            elif word[0] not in _told().particles - _told().conjunctions:
                break
        if end > honorific.end():
            yield honorific.end(), end


def _as_read(text: str) -> str:
    return _UNSEEN.sub("", unicodedata.normalize("NFC", text))


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    kept, at = "", 0
    for start, end in _joined(text, spans):
        kept += text[at:start] + TAKEN_OUT
        at = end
    return kept + text[at:]


def _joined(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order; those that overlap, or have only blanks between them, as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text))


@lru_cache(maxsize=1 << 16)
def _plain(word: str) -> str:
    """What the spellings of one word share, in plain small letters: of `García`, `GARCIA`, `garcía`."""
    if word.isascii() and word.isalnum():
        return word.lower()
    return "".join(filter(str.isalnum, anyascii(word.casefold()))).lower()


def _german(word: str) -> str:
    """The same with `ü` written `ue`, as where there are no such keys."""
    return _plain(word if word.isascii() else word.casefold().translate(_GERMAN))


class _Told(NamedTuple):
    """What is known of words: in names (titles, particles, suffixes, degrees) and in texts."""

    titles: frozenset[str]
    titles_too: frozenset[str]
    """Titles that are also names."""
    particles: frozenset[str]
    conjunctions: frozenset[str]
    given_names_too: frozenset[str]
    """Particles that are also first names."""
    suffixes: frozenset[str]
    degrees: frozenset[str]
    common: frozenset[str]
    people_do: frozenset[str]
    behind: Mapping[str, frozenset[str]]


@cache
def _told() -> _Told:
    words = Lexicon.default()
    file = files("takeup.disclosure") / "names_that_are_words.toml"
    held = tomllib.loads(file.read_text(encoding="utf-8"))
    behind = {word: _all_of(others) for word, others in held.pop("behind").items()}
    people_do = _all_of(held.pop("people_do"))
    return _Told(
        titles=words.after_given_titles | {one.casefold() for one in _HONORIFICS},
        titles_too=words.titles,
        particles=words.particles | words.conjunctions,
        conjunctions=words.conjunctions,
        given_names_too=words.particles_ambiguous,
        suffixes=words.suffix_words,
        degrees=words.suffix_acronyms - words.suffix_acronyms_ambiguous,
        common=frozenset().union(*map(_all_of, held.values())),
        people_do=people_do,
        behind=behind,
    )


def _all_of(words: str) -> frozenset[str]:
    return frozenset(spell(word) for word in words.split() for spell in (_plain, _german))


@cache
def _honorific() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(_HONORIFICS)})\.?\s+")
