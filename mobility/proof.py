"""What is proven of a result: one of three words, the same for every optimiser."""

from enum import StrEnum


class Proof(StrEnum):
    """How far a result is proven to be the best.

    VERIFIED: a bound recomputed by a checker that shares no code with the solver meets the value. SOLVER: the solver
    closed its own bound at its tolerance, and the judge recomputed the value. BOUNDED: no result is better by more than
    the gap that stands beside it.
    """

    VERIFIED = "verified"
    SOLVER = "solver"
    BOUNDED = "bounded"


def proof_of(*, met: bool, verified: bool = False) -> Proof:
    """Return the word for a result whose value and bound have ``met``, ``verified`` by a checker or not."""
    if not met:
        return Proof.BOUNDED
    return Proof.VERIFIED if verified else Proof.SOLVER
