"""Takes what names somebody out of a text that one person wrote and another reads.

Known are the people of the organization, by name and by id; addresses and longer numbers go wherever they
stand. Whoever is not of the organization (a customer, a patient), nicknames and misspelt names stay: no list
holds them, and a model that guesses names from their shape would need to be downloaded, and would guess.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

TAKEN_OUT = "…"
_ADDRESS_OR_NUMBER = re.compile(r"\S+@\S+|\+?\d[\d\s/().-]{2,}\d")
_FEWEST_DIGITS = 4
_YEAR = re.compile(r"(19|20)\d\d")
_WORD = re.compile(r"[^\W_]+")
_BETWEEN = re.compile(r"[\s.'’ʼ`´_-]{1,3}")
"""What may stand between the words of one name."""
_PARTICLES = frozenset([
    "af", "al", "av", "bin", "ben", "bint", "da", "dal", "das", "de", "del", "della", "dem", "den",
    "der", "di", "do", "dos", "du", "e", "el", "la", "las", "le", "les", "lo", "los", "ten", "ter",
    "und", "van", "vom", "von", "y", "zu", "zum", "zur",
])  # fmt: skip
_COMMON = frozenset([
    "an", "am", "as", "at", "be", "by", "do", "go", "ha", "he", "hi", "if", "in", "is", "it", "me",
    "my", "no", "of", "oh", "on", "or", "so", "to", "up", "us", "we", "april", "art", "august", "bank",
    "banks", "best", "bill", "black", "bond", "brown", "case", "cash", "church", "day", "dean", "early",
    "east", "fair", "faith", "field", "fields", "foot", "ford", "frank", "good", "grace", "grant",
    "gray", "green", "grey", "hall", "hand", "head", "heart", "hill", "hope", "hunt", "joy", "june",
    "just", "king", "lane", "law", "little", "long", "lord", "love", "mark", "may", "more", "north",
    "page", "park", "pat", "power", "powers", "price", "rice", "rich", "rob", "rose", "sharp", "short",
    "small", "south", "stone", "strong", "sue", "summer", "sun", "west", "white", "will", "wise",
    "wood", "woods", "worth", "young", "alt", "bauer", "braun", "engel", "frei", "gross", "gut", "jung",
    "kaiser", "klein", "koch", "kurz", "lang", "neu", "richter", "scharf", "schwarz", "stark", "vogel",
    "wolf",
])  # fmt: skip
"""Words that are names as well: names only where they are written as one."""
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a text: where it stands, and as it is compared."""

    start: int
    end: int
    as_written: str
    plain: str


def _plain(text: str) -> str:
    """Without case and marks: García, GARCIA and Garcia are one."""
    marked = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return "".join(c for c in marked if not unicodedata.combining(c))


def _words(text: str) -> list[_Word]:
    return [_Word(m.start(), m.end(), m[0], _plain(m[0])) for m in _WORD.finditer(text)]


class Names:
    """The people of an organization (`people`: name and id of each), as they are called in texts."""

    def __init__(self, people: Iterable[tuple[str, str]]) -> None:
        self._known: dict[str, set[tuple[str, ...]]] = {}
        for name, person_id in people:
            self._add_name(unicodedata.normalize("NFC", name))
            words = tuple(w.plain for w in _words(unicodedata.normalize("NFC", person_id)))
            if len("".join(words)) > 2 and not (len(words) == 1 and words[0] in _COMMON):
                self._add(words)

    def _add_name(self, name: str) -> None:
        for part in name.split():
            words = tuple(w.plain for w in _words(part))
            self._add(words)
            if len(words) > 1:
                self._add(("".join(words),))
            for word in words:
                if len(word) > 1 and word not in _PARTICLES:
                    self._add((word,))

    def _add(self, words: tuple[str, ...]) -> None:
        alone = len(words) == 1 and (words[0] in _PARTICLES or len(words[0]) < 2)
        if words and not alone:
            self._known.setdefault(words[0], set()).add(words)

    def taken_out(self, text: str) -> str:
        """`text` with … in place of names, ids, addresses and longer numbers; marks as one character with their
        letter (NFC)."""
        text = _ADDRESS_OR_NUMBER.sub(_shortened, unicodedata.normalize("NFC", text.strip()))
        words = _words(text)
        named = self._named(text, words)
        parts, at = [], 0
        for first, last in _runs(text, words, named):
            start, end = words[first].start, words[last].end
            if (
                last + 1 < len(words)
                and words[last + 1].plain == "s"
                and _is_possessive(text, words, last)
            ):
                end = words[last + 1].end
            parts += [text[at:start], TAKEN_OUT]
            at = end
        return "".join([*parts, text[at:]])

    def _named(self, text: str, words: Sequence[_Word]) -> list[bool]:
        """Which words are part of a name."""
        lengths = [self._length_at(text, words, i) for i in range(len(words))]
        named = [False] * len(words)
        for i, length in enumerate(lengths):
            beside = (i > 0 and named[i - 1] and _joined(text, words, i - 1)) or (
                length > 0 and i + length < len(words) and lengths[i + length] > 0
                and _joined(text, words, i + length - 1)
            )  # fmt: skip
            if length > 1 or (length == 1 and (beside or _written_as_a_name(text, words, i))):
                named[i : i + length] = [True] * length
        for i in range(len(words) - 2, -1, -1):
            word = words[i]
            initial = len(word.as_written) == 1 and word.as_written.isupper()
            goes_with = initial or word.plain in _PARTICLES
            if named[i + 1] and not named[i] and goes_with and _joined(text, words, i):
                # "I Ruth" is no initial, "and Ruth" no particle.
                named[i] = word.as_written != "I" or text[word.end] == "."
        return named

    def _length_at(self, text: str, words: Sequence[_Word], i: int) -> int:
        """Of how many words the longest name that begins here is; 0 for none."""
        best = 0
        for name in self._known.get(words[i].plain, ()):
            here = tuple(w.plain for w in words[i : i + len(name)])
            whole = all(_joined(text, words, j) for j in range(i, i + len(name) - 1))
            if here == name and whole:
                best = max(best, len(name))
        return best


def _shortened(found: re.Match[str]) -> str:
    """Addresses, and numbers of four digits or more (accounts, telephones, cases) but years, are taken out."""
    digits = sum(c.isdigit() for c in found[0])
    few = "@" not in found[0] and (digits < _FEWEST_DIGITS or bool(_YEAR.fullmatch(found[0])))
    return found[0] if few else TAKEN_OUT


def _joined(text: str, words: Sequence[_Word], i: int) -> bool:
    """Whether a word and the next may be of one name; a sentence does not end between them."""
    between = text[words[i].end : words[i + 1].start]
    ends = between.startswith(".") and len(words[i].as_written) > 2 and between != "."
    return bool(_BETWEEN.fullmatch(between)) and not ends


def _written_as_a_name(text: str, words: Sequence[_Word], i: int) -> bool:
    """Whether a word that is somebody's name stands for it: always, but for common words and names of two
    letters, which must be written with a capital where others are not."""
    word = words[i]
    if word.plain not in _COMMON:
        return len(word.plain) > 2 or word.as_written[0].isupper()
    begins = i == 0 or bool(re.search(r"[.!?:…]\s*$", text[: word.start]))
    shouted = word.as_written.isupper() and len(word.as_written) > 1
    return word.as_written[0].isupper() and not begins and not shouted


def _is_possessive(text: str, words: Sequence[_Word], last: int) -> bool:
    return text[words[last].end : words[last + 1].start] in ("'", "’")


def _runs(text: str, words: Sequence[_Word], named: Sequence[bool]) -> list[tuple[int, int]]:
    """The first and last word of each name."""
    found: list[tuple[int, int]] = []
    for i, is_named in enumerate(named):
        if is_named and found and found[-1][1] == i - 1 and _joined(text, words, i - 1):
            found[-1] = (found[-1][0], i)
        elif is_named:
            found.append((i, i))
    return found
