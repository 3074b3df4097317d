"""What is written in the place of a figure of too few people, and of one told as "at least"."""

from mobility.disclosure import Kind
from webapp.words.french import number_words

NOT_TOLD = "non publié"
_NUMBERS = {3: "trois", 6: "six", 11: "onze"}


def number_of(kind: Kind) -> str:
    """Write the smallest number that is told of a kind of figure: "six"."""
    return _NUMBERS[kind.k]


def fewer_words(kind: Kind) -> str:
    """Write what stands for a figure too small to be told: "moins de six"."""
    return f"moins de {number_of(kind)}"


def count_words(count: int | None, kind: Kind) -> str:
    """Write a figure of something over: the number, or "moins de onze"."""
    return fewer_words(kind) if count is None else number_words(count)


def at_least_words(count: int, kind: Kind) -> str:
    """Write a standing figure: "au moins 12", or "moins de six"."""
    return f"au moins {number_words(count)}" if count else fewer_words(kind)
