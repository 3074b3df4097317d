"""What people must know, in words: a title, what to do instead, and each visit where there are several."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from desks.notices import Draft
from mobility.agenda import Event
from mobility.notices import (
    CALENDAR_ENDS,
    CALENDAR_OVER,
    CALM,
    CANCELLED_VISITS,
    GRAVE,
    HOURS_END,
    LOST_STOPS,
    MISSED_VISITS,
    MOVED_VISITS,
    NEW_CALENDAR,
    OLD_HOURS,
    WRITTEN,
    ChangedVisit,
    Notice,
)
from mobility.territory import folded
from webapp.words.french import (
    AFTER_SEASON,
    alphabetical,
    at_place,
    capital,
    continued,
    counted,
    day_words,
    hours_words,
    joined,
)
from webapp.words.journeys import confirm_words, line_words

GRAVITIES = {GRAVE: "Important", CALM: "À savoir"}
_OTHER_PAGES = "page « À savoir », flux à suivre"
LONGEST_SENT = 300
"""Letters of a notice in a message, beyond which its title alone is sent: the way home must not be cut off."""
NAMED = 4
"""How many communes are named; more are counted."""


@dataclass(frozen=True)
class Told:
    """A notice as it is shown. ``when`` says from and until when, ``lines`` tells each of several visits."""

    id: str
    gravity: str
    title: str
    text: str
    updated: datetime
    lines: tuple[str, ...] = ()
    when: str = ""
    where: str = ""

    @property
    def grave(self) -> bool:
        """Tell whether whoever does not know it goes for nothing."""
        return self.gravity == GRAVE

    @property
    def word(self) -> str:
        """Return the word of its gravity."""
        return GRAVITIES[self.gravity]

    @property
    def spoken(self) -> str:
        """Return it as one says it on the telephone, in a sentence or two."""
        parts = [self.title, self.lines[0] if self.lines else self.text]
        return " ".join(f"{part.rstrip('.')}." for part in parts if part).replace("–", "à")

    @property
    def sent(self) -> str:
        """Return it as short as a message takes it: what to do instead only where one would go for nothing."""
        whole = self.grave and len(self.spoken) <= LONGEST_SENT
        return self.spoken if whole else f"{self.title.rstrip('.')}."

    @property
    def summary(self) -> str:
        """Return all but the title as one text."""
        return " ".join([*filter(None, (self.when, self.text)), *(f"{line}." for line in self.lines)])


@dataclass(frozen=True)
class _Around:
    """What words are told with: the names of communes, the present, and for which communes (none: for all)."""

    names: Mapping[str, str]
    now: datetime
    here: frozenset[str] = frozenset()

    @property
    def zone(self) -> tzinfo | None:
        return self.now.tzinfo

    def day(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()

    def communes(self, codes: frozenset[str]) -> list[str]:
        told = [self.names.get(code, code) for code in codes if not self.here or code in self.here]
        return sorted(told, key=alphabetical)


def notice_told(notice: Notice, names: Mapping[str, str], now: datetime, here: Collection[str] = ()) -> Told:
    """Put a notice into words, for some communes (for all where none is given).

    ``names`` are those of the communes, the zone of ``now`` is that of the clocks.
    """
    around = _Around(names, now, frozenset(here))
    title, text, lines = _WORDS[notice.kind](notice, around)
    when = _when(notice, around) if notice.kind == WRITTEN else ""
    where = where_words(around.communes(notice.communes))
    return Told(notice.id, notice.gravity, title, text, notice.updated, tuple(lines), when, where)


def shown_words(notice: Notice, names: Mapping[str, str]) -> list[str]:
    """Say where a notice that is written by hand will be read and heard."""
    where = sorted((names[code] for code in notice.communes), key=alphabetical)
    if notice.line:
        taken = "Réponses à « Comment y aller ? » qui prennent cette ligne"
        told = [
            f"{taken} : page, fiche imprimée, message, phrases à lire.",
            f"Pages des communes qu'elle dessert : {joined(where)}.", f"Première page, {_OTHER_PAGES}.",
        ]  # fmt: skip
    else:
        pages = f"Pages des communes : {joined(where)}." if where else "Première page, et pages de toutes les communes."
        told = [pages, f"Page du bus, {_OTHER_PAGES}, réponses à « Comment y aller ? »."]
    if notice.gravity == GRAVE:
        heard = "avant le prochain passage dans ces communes" if where else "avant le menu"
        told.append(f"Au téléphone : {heard}.")
    return told


_OF_THE_BUS = frozenset({"bus", "passage", "passages", "tournee", "permanence"})


def is_of_the_bus(draft: Draft) -> bool:
    """Tell whether what someone writes speaks of the bus, wherever it is to be read."""
    return not _OF_THE_BUS.isdisjoint(folded(f"{draft.title} {draft.text}").split())


def promised_words(visits: Sequence[Event], now: datetime) -> list[str]:
    """Say of visits that a notice does not cancel where and when they are, the first of them each."""
    around = _Around({}, now)
    told = [f"{visit.place.name}, {', '.join(_day_and_hours(visit, around))}" for visit in visits[:NAMED]]
    others = len(visits) - NAMED
    return [*told, f"et {counted(others, 'autre passage', 'autres passages')}"] if others > 0 else told


def where_words(names: Sequence[str]) -> str:
    """Write whom a notice concerns: the communes by their names, or how many they are."""
    if not names:
        return "Tout le territoire"
    return joined(names) if len(names) <= NAMED else f"{len(names)} communes"


Parts = tuple[str, str, list[str]]


def _cancelled(notice: Notice, around: _Around) -> Parts:
    return _not_held(notice, around, f"{capital(str(notice.facts['reason']) or AFTER_SEASON)}. ")


def _missed(notice: Notice, around: _Around) -> Parts:
    return _not_held(notice, around, _changed_words(notice.facts["since"], around) + " ")


def _changed_words(since: datetime, around: _Around) -> str:
    return f"Le calendrier a changé le {day_words(around.day(since))}."


def _not_held(notice: Notice, around: _Around, reason: str) -> Parts:
    if len(notice.visits) == 1:
        visit = notice.visits[0]
        day, hours = _day_and_hours(visit.gone, around)
        title = f"{capital(day)}, {hours}, le bus ne vient pas {at_place(visit.gone.place.name)}"
        return title, reason + _instead(visit, around), []
    days = [around.day(visit.gone.starts) for visit in notice.visits]
    names = list(dict.fromkeys(visit.gone.place.name for visit in notice.visits))
    title = f"{capital(_days_words(min(days), max(days)))}, le bus ne vient pas {_at_places(names)}"
    return title, reason.strip(), _visit_lines(notice.visits, around)


@dataclass(frozen=True)
class Follows:
    """What follows of another calendar: a line for each promised visit that is missed, and where none is any more."""

    missed: Sequence[str]
    lost: str


def follows_words(
    missed: Sequence[ChangedVisit], lost: frozenset[str], names: Mapping[str, str], now: datetime
) -> Follows:
    """Put what follows of another calendar into words; the zone of ``now`` is that of the clocks."""
    around = _Around(names, now)
    places = joined([at_place(name) for name in around.communes(lost)])
    return Follows(_visit_lines(missed, around), f"Le bus ne s'arrêtera plus {places}." if lost else "")


def _visit_lines(visits: Sequence[ChangedVisit], around: _Around) -> list[str]:
    lines = [
        f"{visit.gone.place.name}, {', '.join(_day_and_hours(visit.gone, around))}. {_instead(visit, around)}"
        for visit in visits
    ]
    return [line.rstrip(".") for line in lines]


def _instead(visit: ChangedVisit, around: _Around) -> str:
    if visit.instead is None:
        return "Aucun autre passage n'y est prévu pour l'instant."
    return f"Prochain passage : {_where_and_when(visit.instead, around)}."


def _where_and_when(event: Event, around: _Around) -> str:
    return ", ".join(filter(None, (*_day_and_hours(event, around), event.spot)))


def _moved(notice: Notice, around: _Around) -> Parts:
    reason = str(notice.facts["reason"])
    moved = [(visit, visit.instead) for visit in notice.visits if visit.instead]
    if len(moved) == 1:
        visit, instead = moved[0]
        usual = day_words(around.day(visit.gone.starts))
        title = f"{capital(at_place(visit.gone.place.name))}, le bus vient {day_words(around.day(instead.starts))}"
        return title, f"Ce n'est pas le {usual} ({reason}). Heures : {_where_and_when(instead, around)}.", []
    usual = day_words(around.day(notice.visits[0].gone.starts))
    lines = [f"{visit.gone.place.name} : {_where_and_when(instead, around)}" for visit, instead in moved]
    return f"Des passages du {usual} changent de jour", f"{capital(reason)}.", lines


def _over(notice: Notice, _: _Around) -> Parts:
    last = day_words(notice.facts["last"], year=True)
    text = f"Le dernier passage était {last}. Les dates suivantes ne sont pas encore connues."
    return "Le calendrier du bus est terminé", text, []


def _ends(notice: Notice, _: _Around) -> Parts:
    last = day_words(notice.facts["last"])
    return f"Les dates du bus sont connues jusqu'au {last}", "Les suivantes seront données ici.", []


def _new(notice: Notice, around: _Around) -> Parts:
    since = _changed_words(notice.begins, around)
    gained, other = (around.communes(notice.facts[name]) for name in ("gained", "other"))
    if not gained:
        return f"Le bus ne vient plus les mêmes jours {_at_places(other)}", since, _all_named(other)
    others = f" {capital(_at_places(other))}, les jours changent." if other else ""
    return f"Le bus vient maintenant {_at_places(gained)}", since + others, _all_named(gained)


def _lost(notice: Notice, around: _Around) -> Parts:
    lost = around.communes(notice.facts["lost"])
    text = _changed_words(notice.begins, around)
    # Who is told of their own commune is on its page, or hears it on the telephone.
    text += "" if around.here else " Les arrêts les plus proches sont sur la page de chaque commune."
    return f"Le bus ne s'arrête plus {_at_places(lost)}", text, _all_named(lost)


def _all_named(names: Sequence[str]) -> list[str]:
    """Return the line that names those whom the title only counts."""
    return [] if len(names) <= NAMED else [joined(names)]


def _at_places(names: Sequence[str]) -> str:
    return joined([at_place(name) for name in names]) if len(names) <= NAMED else f"dans {len(names)} communes"


def _old_hours(notice: Notice, _: _Around) -> Parts:
    operators, last = notice.facts["operators"], day_words(notice.facts["last"], year=True)
    text = f"Ceux que nous avons allaient jusqu'au {last}. {confirm_words(operators)}"
    return f"Des horaires ne sont plus sûrs : {_operators(operators)}", text, []


def _hours_end(notice: Notice, _: _Around) -> Parts:
    title = f"Horaires connus jusqu'au {day_words(notice.facts['last'])} : {_operators(notice.facts['operators'])}"
    return title, "Après ce jour, ils seront à confirmer.", []


def _operators(told: Sequence[tuple[str, str]]) -> str:
    return joined([name for name, _ in told][:NAMED])


def _written(notice: Notice, _: _Around) -> Parts:
    title = str(notice.facts["title"])
    line = line_words(notice.line.name) if notice.line else ""
    # Who has written of which line it is need not read it twice.
    named = f" {folded(line)} " in f" {folded(title)} "
    return f"{line} : {continued(title)}" if line and not named else title, str(notice.facts["text"]), []


def _when(notice: Notice, around: _Around) -> str:
    last = around.day(notice.ends - timedelta(seconds=1)) if notice.ends else None
    first = around.day(notice.begins)
    if notice.begins > around.now:
        return f"{capital(_days_words(first, last))}." if last else f"À partir du {day_words(first)}."
    return f"Jusqu'au {day_words(last)}." if last else ""


def _day_and_hours(event: Event, around: _Around) -> tuple[str, str]:
    starts, ends = (instant.astimezone(around.zone) for instant in (event.starts, event.ends))
    hours = hours_words(starts.hour * 3600 + starts.minute * 60, ends.hour * 3600 + ends.minute * 60)
    return day_words(starts.date()), hours


def _days_words(first: date, last: date) -> str:
    return f"le {day_words(first)}" if first == last else f"du {day_words(first)} au {day_words(last)}"


_WORDS: dict[str, Callable[[Notice, _Around], Parts]] = {
    CANCELLED_VISITS: _cancelled, MOVED_VISITS: _moved, CALENDAR_OVER: _over, CALENDAR_ENDS: _ends, NEW_CALENDAR: _new,
    LOST_STOPS: _lost, MISSED_VISITS: _missed, OLD_HOURS: _old_hours, HOURS_END: _hours_end, WRITTEN: _written,
}  # fmt: skip
