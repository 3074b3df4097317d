"""Trouble that stops the work: every error carries a code, so that each interface can say it in its language."""

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self, TypeVar

Read = TypeVar("Read")
Other = TypeVar("Other")


class HouseError(Exception):
    """Something cannot be done.

    ``code`` is a stable identifier ("unknown-commune"), ``field`` names the input to mend (an option, a form
    field, a file with its line) and ``details`` are the values that a translated sentence needs. ``str()`` is the
    English sentence.
    """

    def __init__(self, code: str, message: str, *, field: str = "", **details: object) -> None:
        super().__init__(message)
        self.code = code
        self.field = field
        self.details = details

    @property
    def errors(self) -> "tuple[HouseError, ...]":
        """Return what is told at once: itself, or those that it is made of."""
        return (self,)

    def __str__(self) -> str:
        sentence = str(self.args[0])
        return f"{self.field}: {sentence}" if self.field else sentence


class MobilityError(HouseError):
    """Something cannot be done, and the person who asked can mend it."""


class SeveralFaultsError(MobilityError):
    """Several things that the person who asked can mend in one go; its code, field and details are the first one's."""

    def __init__(self, errors: Sequence[HouseError]) -> None:
        first = errors[0]
        super().__init__(first.code, str(first.args[0]), field=first.field, **first.details)
        self._errors = tuple(errors)

    @property
    def errors(self) -> tuple[HouseError, ...]:
        """Return those that it is made of, in the order in which they were found."""
        return self._errors

    def __str__(self) -> str:
        return "; ".join(str(error) for error in self._errors)


class Faults:
    """What is wrong with values that are read one by one: told together where the block that reads them ends.

    Raises there what it found, as one :class:`SeveralFaultsError` where there is more than one; what the block itself
    raises is told with the rest.
    """

    def __init__(self) -> None:
        self._found: list[HouseError] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._found or not (error is None or isinstance(error, MobilityError)):
            return
        found = [*self._found, *(error.errors if error else ())]
        raise found[0] if len(found) == 1 else SeveralFaultsError(found) from None

    def add(self, error: MobilityError) -> None:
        """Keep a fault, to be told with the others."""
        self._found += error.errors

    def of(self, reading: Callable[[], Read], stand_in: Other) -> Read | Other:
        """Return what is read, or where that fails a value that stands in for it until all is told."""
        try:
            return reading()
        except MobilityError as error:
            self.add(error)
            return stand_in


class UnavailableError(HouseError):
    """Something cannot be done now, whoever asks: the machine, or what it stands on, is in trouble.

    It is no :class:`MobilityError`: a form that shows what to mend has nothing to show, and lets it through.
    """


class MisstatedError(MobilityError, ValueError):
    """What is asked cannot be meant: refused where it is stated, before any search. ``reason`` says why, in English."""

    def __init__(self, reason: str, *, field: str) -> None:
        super().__init__("misstated", reason, field=field, reason=reason)


def out_of_range(value: object, low: float, high: float, *, field: str) -> MobilityError:
    """Return the error of a number that does not lie between two others."""
    return MobilityError(
        "bad-number", f"'{value}' is not a number between {low:g} and {high:g}", field=field, value=value, low=low,
        high=high,
    )  # fmt: skip


class InfeasibleError(MobilityError):
    """No calendar obeys all the rules. ``rules`` names a smallest set found to conflict (empty: not searched yet)."""

    def __init__(self, rules: tuple[str, ...] = ()) -> None:
        named = f"; these conflict: {'; '.join(rules)}" if rules else ""
        super().__init__(
            "infeasible", f"no calendar obeys all the rules{named}; relax one of them", field="rules", rules=rules
        )
        self.rules = rules
