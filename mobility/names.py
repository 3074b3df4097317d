"""Names of people as they are written and as they sound: accents, particles and French spellings of one sound."""

import re

from mobility.territory import folded

_BESIDE = frozenset({
    "m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "dr", "docteur", "veuve", "vve", "ep", "epouse",
    "nee", "de", "du", "des", "d", "la", "le", "les", "l", "von", "van", "et", "el", "al", "da", "dos",
})  # fmt: skip
"""What stands beside a name and is left out or forgotten: titles, particles, articles."""
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


def same_name(one: str, other: str) -> bool:
    """Tell whether two names may be one person's: all words of the shorter one sound like words of the other.

    "André" and "Andrée", who sound alike and may well live together, are two.
    """
    mine, theirs = set(words_of(one)), set(words_of(other))
    if any(_husband_and_wife(*pair) for a in mine - theirs for b in theirs - mine for pair in ((a, b), (b, a))):
        return False
    heard, known = ({sound_of(word) for word in words} for words in (mine, theirs))
    return bool(heard and known) and (heard <= known or known <= heard)


def _husband_and_wife(man: str, woman: str) -> bool:
    """Tell whether two words are a man's and a woman's form of one name: René and Renée, Michel and Michelle."""
    return woman in {f"{man}e", f"{man}{man[-1]}e", f"{man.removesuffix('c')}que"}
