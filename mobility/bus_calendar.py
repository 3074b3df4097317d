"""The calendar of the bus: its visits in one cycle, the proof that comes with it, the judgement of a plan."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mobility.need import Intent
from mobility.problem import CalendarProblem
from mobility.proof import Proof, proof_of


@dataclass(frozen=True, order=True)
class Visit:
    """A half-day stop. ``arrival`` and ``departure`` are the bus's, set-up and pack-up included."""

    week: int
    weekday: int
    session: str
    bus: str
    stop: str
    arrival: int
    departure: int

    @property
    def id(self) -> str:
        """Return an identifier unique in the calendar."""
        return f"w{self.week}-d{self.weekday}-{self.session}-{self.bus}"


@dataclass(frozen=True)
class BusCalendar:
    """All visits of one cycle, in order."""

    visits: tuple[Visit, ...]

    def __post_init__(self) -> None:
        in_order = sorted(self.visits, key=lambda v: (v.week, v.weekday, v.arrival, v.bus, v.stop, v.session))
        object.__setattr__(self, "visits", tuple(in_order))

    def stops(self) -> list[str]:
        """Return the stops visited, each once."""
        return sorted({visit.stop for visit in self.visits})

    def at(self, stop: str) -> list[Visit]:
        """Return the visits of one stop."""
        return [visit for visit in self.visits if visit.stop == stop]


@dataclass(frozen=True)
class StageProof:
    """What the solver proved of one objective: the value reached and the best value any calendar could reach.

    ``checked`` is the bound that a checker recomputed which shares no code with the solver (None: there is none).
    """

    objective: str
    value: float
    bound: float
    seconds: float
    checked: float | None = None

    @property
    def gap(self) -> float:
        """Return the distance to the bound, as a share of the larger of the two."""
        scale = max(abs(self.value), abs(self.bound))
        return abs(self.bound - self.value) / scale if scale else 0.0

    @property
    def proven(self) -> bool:
        """Tell whether value and bound meet (to one part in a hundred thousand)."""
        return self.gap <= 1e-5

    @property
    def verified(self) -> bool:
        """Tell whether value and the checker's own bound meet."""
        return self.checked is not None and replace(self, bound=self.checked, checked=None).proven

    @property
    def proof(self) -> Proof:
        """Return what is proven of the objective."""
        return proof_of(met=self.proven, verified=self.verified)


@dataclass(frozen=True)
class Solution:
    """A calendar with the proof of each of its objectives, in order."""

    calendar: BusCalendar
    stages: tuple[StageProof, ...]
    seconds: float

    @property
    def proven(self) -> bool:
        """Tell whether no other calendar is better, every objective counted; where none is told, nothing is proven."""
        return bool(self.stages) and all(stage.proven for stage in self.stages)

    @property
    def proof(self) -> Proof:
        """Return what is proven of the calendar, every objective counted."""
        return proof_of(met=self.proven, verified=all(stage.verified for stage in self.stages))


@dataclass(frozen=True)
class BrokenRule:
    """A rule that a calendar breaks. ``details`` holds the values a sentence needs, ``visits`` whom it concerns."""

    code: str
    details: dict[str, object] = field(default_factory=dict)
    visits: tuple[str, ...] = ()

    def __str__(self) -> str:
        values = ", ".join(f"{name} {value}" for name, value in self.details.items())
        return f"{self.code}: {values}" if values else self.code


@dataclass(frozen=True)
class AreaScore:
    """Need of an area and what of it is covered, in persons."""

    area: str
    need: float
    covered: float
    visits: int

    @property
    def share(self) -> float:
        """Return the covered share (1 where nobody is in need)."""
        return self.covered / self.need if self.need else 1.0


@dataclass(frozen=True)
class Judgement:
    """What a calendar is worth, recomputed from the problem alone.

    ``need`` is the need covered in persons, ``weakest`` the covered share of the weakest area, ``distance`` the
    metres driven in a cycle and ``driving`` the seconds. ``served`` gives for each resident group the covered share
    of its need and the stop it uses ("" for none). ``broken`` lists every rule the calendar breaks.
    """

    need: float
    total_need: float
    weakest: float
    distance: float
    driving: float
    areas: tuple[AreaScore, ...]
    served: dict[str, tuple[float, str]]
    broken: tuple[BrokenRule, ...]
    estimated: bool = False

    @property
    def share(self) -> float:
        """Return the covered share of the whole need."""
        return self.need / self.total_need if self.total_need else 1.0


@dataclass(frozen=True)
class Plan:
    """A problem, the calendar proposed for it, its proof and its judgement, and the intent that weighed the need."""

    problem: CalendarProblem
    solution: Solution
    judgement: Judgement
    intent: Intent


def proofs_beside(stages: Sequence[StageProof], judged: Judgement, objectives: Sequence[str]) -> tuple[StageProof, ...]:
    """Return what the proofs of a search say of another calendar of its problem, one edited by hand for instance.

    A bound holds of those calendars alone that reach what comes before it: the first objective that is missed is the
    last that is told. What the search told nothing of cannot be more than all, nor less than nothing.
    """
    known = {stage.objective: stage for stage in stages}
    values = {"need": judged.need, "weakest": judged.weakest, "distance": judged.distance}
    utmost = {"need": judged.total_need, "weakest": 1.0, "distance": 0.0}
    told: list[StageProof] = []
    for objective in objectives:
        value = values[objective]
        stage = known.get(objective) or StageProof(objective, value, utmost[objective], 0.0)
        better = min if objective == "distance" else max
        told.append(replace(stage, value=value, bound=better(stage.bound, value), seconds=0.0))
        if not told[-1].proven:
            break
    return tuple(told)
