"""Names of people as they are written and as they sound: accents, particles and French spellings of one sound."""

import re
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from itertools import product
from typing import Generic, TypeVar

from mobility.territory import folded

WhoT = TypeVar("WhoT", bound=Hashable)
_UNNAMED = ""
"""The sound of no name."""

_BESIDE = frozenset({
    "m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "dr", "docteur", "veuve", "vve", "ep", "epouse",
    "nee", "de", "du", "des", "d", "la", "le", "les", "l", "von", "van", "et", "el", "al", "da", "dos",
})  # fmt: skip
"""What stands beside a name and is left out or forgotten: titles, particles, articles."""
_TITLES = {
    **dict.fromkeys(("m", "mr", "monsieur"), "man"),
    **dict.fromkeys(
        ("mme", "mlle", "madame", "mademoiselle", "veuve", "vve", "nee", "epouse", "ep"), "woman",
    ),
}  # fmt: skip
"""What stands beside a name and tells a man from a woman."""
_NASAL = "(?![aeiouynm])"
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ph", "f"), ("sch|sh|ch", "C"), ("gn", "N"), ("bv", "v"), ("h", ""), ("(?<=[gj])ea(?=[nu])", "a"),
        ("ge(?=o)", "j"), ("(?:e?aux?|e?aul[tdx]s?|e?au[tdsx]*|o[tdps]?)$", "o"), ("e?au", "o"), ("ou", "U"),
        ("oy|oi", "W"), ("gu(?=[eiy])", "G"), ("g(?=[eiy])", "j"), ("g", "G"), ("qu|q|ck|k", "K"),
        ("s?c(?=[eiy])", "s"), ("c", "K"), ("(?<=i)ll(?=[aeiouy])", "y"),
        (f"(?:ain|aim|ein|eim|in|im|yn|ym|un|um){_NASAL}", "I"), (f"(?:an|am|en|em){_NASAL}", "A"),
        (f"(?:on|om){_NASAL}", "O"), ("ai|ei|ay|ey|ae|oe", "e"), ("y", "i"), ("w", "v"), (r"(.)\1+", r"\1"),
        ("[sz]e[sz]?$", "Z"), ("te[sz]?$", "T"), ("de[sz]?$", "D"), ("(?<=.)(?:er|ez|et|ets|ers)$", "E"),
        ("(?<![AIO])pe?s?$", "P"), ("[zx]", "s"), ("(?<=..)[esdt]+$", ""), ("(?<=[AIO])[GKbp]$", ""), ("E$", ""),
        (r"(.)\1+", r"\1"),
    )
)  # fmt: skip
"""Spellings and the sound that stands for them, one after the other; a capital letter is a sound of several letters."""


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name that tell it from others, without accents; all of them where none does."""
    words = re.findall(r"[a-z0-9]+", folded(name))
    return tuple(word for word in words if word not in _BESIDE) or tuple(words)


def sound_of(word: str) -> str:
    """Return how a word without accents sounds in French, as a short code: "dupont" and "dupond" have one."""
    said = word
    for pattern, sound in _SOUNDS:
        said = pattern.sub(sound, said)
    return said or word


def key_of_name(name: str) -> tuple[str, ...]:
    """Return what two ways to write one name have in common: its words in whatever order, and whether M. or Mme."""
    called = _Called.of(name)
    return (called.title, *sorted(called.words))


def same_name(one: str, other: str) -> bool:
    """Tell whether two names may be one person's: all words of the shorter one sound like words of the other.

    "André" and "Andrée", who sound alike and may well live together, are two; so are M. and Mme.
    """
    return _Called.of(one).may_be(_Called.of(other))


class Household(Generic[WhoT]):
    """The people of one telephone number, each by all names that they are told by: who of them has a name.

    Whoever hears or reads a number and a name asks here, so that all of them know the same people.
    """

    def __init__(self, people: Iterable[tuple[WhoT, str]] = ()) -> None:
        self._names: dict[WhoT, list[_Called]] = {}
        self._place: dict[WhoT, int] = {}
        # Hundreds may have one number, that of a home or a town hall: only who sounds like it is compared with a name.
        self._sounding: dict[str, set[WhoT]] = {}
        for who, name in people:
            self.add(who, name)

    def add(self, who: WhoT, name: str) -> None:
        """Let someone be of the household, or be told by one more name ("" for none)."""
        called = _Called.of(name)
        self._place.setdefault(who, len(self._place))
        names = self._names.setdefault(who, [])
        if called.words and called not in names:
            names.append(called)
        for sound in called.sounds or {_UNNAMED}:
            self._sounding.setdefault(sound, set()).add(who)

    def called(self, name: str) -> list[WhoT]:
        """Return who may have a name: nobody, one, or several where it does not tell who of them is meant.

        Who is told just so comes before who only sounds so, and anyone before who is told by no name at all. Without a
        name, all may be meant; that of a family may be of several.
        """
        mine = _Called.of(name)
        if not mine.words:
            return list(self._names)
        near = self._heard_in(mine.sounds)
        alike = [who for who in near if all(mine.may_be(other) for other in self._names[who])]
        just_so = [who for who in near if mine in self._names[who]]
        in_other_order = [who for who in alike if any(mine.words == other.words for other in self._names[who])]
        if found := just_so or in_other_order or alike:
            return found[:1] if all(self._are_one(found[0], other) for other in found[1:]) else found
        return [who for who in self._heard_in({_UNNAMED}) if not self._names[who]][:1]

    def _heard_in(self, sounds: Collection[str]) -> list[WhoT]:
        """Return whose names have any of some sounds, in the order in which they came."""
        return sorted({who for sound in sounds for who in self._sounding.get(sound, ())}, key=self._place.__getitem__)

    def _are_one(self, who: WhoT, other: WhoT) -> bool:
        return all(one.may_be(another) for one, another in product(self._names[who], self._names[other]))


@dataclass(frozen=True)
class _Called:
    """A name as it is compared: its words, how they sound, and what a title says ("" where none, or both)."""

    words: frozenset[str]
    sounds: frozenset[str]
    title: str

    @classmethod
    def of(cls, name: str) -> "_Called":
        words = frozenset(words_of(name))
        titles = {_TITLES[word] for word in re.findall(r"[a-z]+", folded(name)) if word in _TITLES}
        return cls(words, frozenset(map(sound_of, words)), titles.pop() if len(titles) == 1 else "")

    def may_be(self, other: "_Called") -> bool:
        """Tell whether two names may be one person's."""
        if self.title and other.title and self.title != other.title:
            return False
        mine, theirs = self.words - other.words, other.words - self.words
        if any(_husband_and_wife(*pair) for a, b in product(mine, theirs) for pair in ((a, b), (b, a))):
            return False
        heard, known = self.sounds, other.sounds
        return bool(heard and known) and (heard <= known or known <= heard)


def _husband_and_wife(man: str, woman: str) -> bool:
    """Tell whether two words are a man's and a woman's form of one name: René and Renée, Michel and Michelle."""
    return woman in {f"{man}e", f"{man}{man[-1]}e", f"{man.removesuffix('c')}que"}
