"""A territory: its communes, the places people live in, the services that stand still."""

import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from mobility.errors import MobilityError
from mobility.places import Place, Point

COUNTER = "counter"
"""Kind of a fixed counter of public services (France Services, prefecture…)."""
STATION = "station"
"""Kind of a railway station."""


@dataclass(frozen=True)
class Area:
    """An intercommunality (EPCI): the areas between which a calendar is kept fair."""

    siren: str
    name: str


@dataclass(frozen=True)
class Commune:
    """A commune with its official figures; ``None`` where a figure is not published.

    ``carless_share`` and ``unemployment`` are shares (0 to 1), ``living_standard`` is the median in euros a year.
    """

    insee: str
    name: str
    area: str
    point: Point
    population: int
    households: int | None = None
    carless_share: float | None = None
    living_standard: float | None = None
    unemployment: float | None = None


@dataclass(frozen=True)
class Settlement:
    """A place where people live: a commune's chief town, or a former commune's with a town hall of its own.

    ``population`` is a share of its commune's; the settlements of a commune add up to it.
    """

    place: Place
    commune: str
    population: float

    @property
    def id(self) -> str:
        """Return the identifier of the place."""
        return self.place.id


@dataclass(frozen=True)
class FixedService:
    """A service that stands still. ``hours`` follows the syntax of OSM's opening_hours."""

    place: Place
    kind: str
    commune: str
    hours: str = ""
    telephone: str = ""
    source: str = ""


@dataclass(frozen=True)
class LocalHolidays:
    """The public holidays of a territory: the nation's and a ``region``'s ("" for none); ``without`` are left out."""

    region: str = ""
    without: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Territory:
    """A territory as its folder describes it. ``poles`` are the communes with services of their own."""

    id: str
    title: str
    communes: tuple[Commune, ...]
    areas: tuple[Area, ...]
    settlements: tuple[Settlement, ...]
    services: tuple[FixedService, ...]
    former_names: dict[str, str]
    poles: frozenset[str]
    school_zone: str
    stated_population: int | None = None
    large_urban: frozenset[str] = frozenset()
    """Communes of urban units too large for residence alone to open volunteer transport."""
    holidays: LocalHolidays = LocalHolidays()

    @cached_property
    def by_insee(self) -> dict[str, Commune]:
        """Return the communes by INSEE code."""
        return {commune.insee: commune for commune in self.communes}

    @cached_property
    def settlements_by_id(self) -> dict[str, Settlement]:
        """Return the settlements by identifier."""
        return {settlement.id: settlement for settlement in self.settlements}

    @property
    def population(self) -> int:
        """Return today's sum of the communes' populations."""
        return sum(commune.population for commune in self.communes)

    def services_of_kind(self, kind: str) -> list[FixedService]:
        """Return the fixed services of one kind."""
        return [service for service in self.services if service.kind == kind]

    @cached_property
    def _names(self) -> dict[str, str]:
        names = {folded(name): insee for name, insee in self.former_names.items()}
        return names | {folded(commune.name): commune.insee for commune in self.communes}

    def find_commune(self, text: str, *, field: str = "") -> Commune:
        """Find a commune by INSEE code, today's name or a former commune's name, however it is spelt."""
        if text in self.by_insee:
            return self.by_insee[text]
        insee = self._names.get(folded(text)) or self.former_names.get(text)
        if insee:
            return self.by_insee[insee]
        close = get_close_matches(folded(text), self._names, n=3, cutoff=0.6)
        suggestions = sorted({self.by_insee[self._names[name]].name for name in close})
        hint = f"; did you mean {' or '.join(suggestions)}?" if suggestions else "; use its INSEE code or name"
        raise MobilityError(
            "unknown-commune",
            f"no commune '{text}' in the territory {self.id}{hint}",
            field=field,
            value=text,
            suggestions=suggestions,
        )


def folded(name: str) -> str:
    """Return a name without accents, case, hyphens or articles, so that spellings meet ("St-Cirq" is "Saint Cirq")."""
    plain = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "Oe"))
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c)).lower()
    words = ["saint" if word == "st" else "sainte" if word == "ste" else word for word in letters.split()]
    return " ".join(word for word in words if word not in {"le", "la", "les", "l"})
