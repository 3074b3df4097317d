"""Trouble that stops the work: every error carries a code, so that each interface can say it in its language."""


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

    def __str__(self) -> str:
        sentence = str(self.args[0])
        return f"{self.field}: {sentence}" if self.field else sentence


class MobilityError(HouseError):
    """Something cannot be done, and the person who asked can mend it."""


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
