"""The spoken menu: the next bus in one's commune, tomorrow's ride, cancel it, or speak to someone.

Each step is a small document: what is said, what keys are awaited, where they are sent. It goes out as VoiceXML 2.1,
which telephone platforms play as it stands, or as JSON for those that want their own words for it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

from data.people import persons_with_telephone
from data.ride_matches import matches_on
from data.ride_records import find_request
from desks.calendar.next_visits import nearest_stops
from desks.house import House
from desks.rides.answers import BY_CALL, BY_MENU, cancel_match, cancel_request
from desks.telephone.inbound import take_call
from mobility.dates import DatedVisit
from mobility.modules import RIDES
from mobility.notices import GRAVE
from mobility.rides import BACK, CONFIRMED, Match, MatchedRide, RideRequest
from mobility.telephone import dialled, telephone_in
from mobility.territory import Commune, folded
from webapp.pages.form_values import number_within
from webapp.words.french import at_place, day_words, hours_words, joined, time_words
from webapp.words.notices import notice_told

SOON = timedelta(days=14)
"""How long before a caller is told what is grave; later it is on the pages alone."""
MOST_SAID = 2
MOST_KEYS = 9
"""Rides that can be told apart by one key."""
NAMESPACE = "http://www.w3.org/2001/vxml"
LETTERS = 4
"""Letters by which a commune is spelt on the keys."""
_BUS_KEY = "Pour le prochain passage du bus dans votre commune, tapez 1."
_RIDE_KEYS = "Pour votre trajet de demain, tapez 2. Pour annuler votre trajet de demain, tapez 3."
_AGENT_KEY = "Pour parler à quelqu'un, tapez 0."
_LETTERS = "Tapez les quatre premières lettres de votre commune, comme on écrit un message sur les touches."
_KEYS = {
    letter: str(key)
    for key, letters in enumerate(("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"), 2)
    for letter in letters
}
_SORRY = "Nous n'avons pas compris."


@dataclass(frozen=True)
class Step:
    """One step of a call: sentences, then keys awaited (so many ``digits``, sent to ``to``), a transfer, or the end."""

    say: tuple[str, ...]
    digits: int = 0
    to: str = ""
    transfer: str = ""
    keep: dict[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the step as JSON."""
        document: dict[str, Any] = {"say": list(self.say)}
        if self.digits:
            document["gather"] = {"digits": self.digits, "field": "touches", "post_to": self.to, "keep": self.keep}
        if self.transfer:
            document["transfer"] = self.transfer
        return document

    def voicexml(self) -> bytes:
        """Return the step as VoiceXML 2.1; the caller's number is sent along as ``numero``."""
        root = ET.Element("vxml", {"version": "2.1", "xmlns": NAMESPACE, "xml:lang": "fr-FR"})
        form = ET.SubElement(root, "form", {"id": "etape"})
        if self.digits:
            ET.SubElement(form, "var", {"name": "numero", "expr": "session.connection.remote.uri"})
            for name, value in self.keep.items():
                ET.SubElement(form, "var", {"name": name, "expr": f"'{value}'"})
            said = ET.SubElement(form, "field", {"name": "touches", "type": f"digits?length={self.digits}"})
        else:
            said = ET.SubElement(form, "block")
        for sentence in self.say:
            ET.SubElement(said, "prompt").text = sentence
        if self.digits:
            for trouble in ("noinput", "nomatch"):
                ET.SubElement(ET.SubElement(said, trouble), "reprompt")
            names = " ".join(["numero", "touches", *self.keep])
            filled = ET.SubElement(said, "filled")
            ET.SubElement(filled, "submit", {"next": self.to, "namelist": names, "method": "post"})
        elif self.transfer:
            transfer = {"name": "agent", "dest": f"tel:{dialled(self.transfer)}", "bridge": "true"}
            ET.SubElement(form, "transfer", transfer)
        else:
            ET.SubElement(said, "disconnect")
        return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root)


def first_step(here: House, address: str, number: str = "") -> Step:
    """Return what a caller hears first; ``number`` is the caller's, where the platform tells it from the start."""
    greeting = f"Bonjour. Vous êtes au service de mobilité, {here.ground.territory.title}."
    grave = _grave_words(here, _commune_of(here, _caller_of(number)), of_all=True)
    return Step((greeting, *grave, _menu_words(here)), 1, address)


def _menu_words(here: House) -> str:
    """Say which keys there are: those of rides only where the territory has them."""
    rides = [_RIDE_KEYS] if here.ground.modules.has(RIDES) else []
    return " ".join([_BUS_KEY, *rides, _AGENT_KEY])


def _caller_of(number: str) -> str:
    """Return the caller's number as it is kept, "" where the platform does not tell it."""
    return telephone_in(number.removeprefix("tel:").removeprefix("sip:").partition("@")[0])


def _commune_of(here: House, telephone: str) -> str:
    """Return the commune of the people whose number it is ("" where it is nobody's, or they live in several)."""
    with here.store.reading() as tx:
        communes = {person.commune for person in persons_with_telephone(tx, telephone)}
    return communes.pop() if len(communes) == 1 else ""


def _grave_words(here: House, insee: str, *, of_all: bool) -> tuple[str, ...]:
    """Return what whoever lives in a commune must know now, and with ``of_all`` what all must."""
    now, own = here.clock(), [insee] if insee else []
    names = here.ground.commune_names()
    grave = [
        notice for notice in here.notices.seen(*own)
        if notice.gravity == GRAVE and notice.begins <= now + SOON and (bool(insee) if notice.communes else of_all)
    ]  # fmt: skip
    return tuple(notice_told(notice, names, now, own).spoken for notice in grave[:MOST_SAID])


def next_step(here: House, address: str, number: str, keys: str, kept: dict[str, str]) -> Step:
    """Return the step after some keys. ``number`` is the caller's; what was asked before is in ``kept``."""
    telephone = _caller_of(number)
    asked = kept.get("question", "")
    if asked == "commune":
        return _bus_by_letters(here, address, keys)
    if asked == "laquelle":
        return _bus_of_choice(here, address, keys, kept.get("lettres", ""))
    if asked == "annuler" or keys in {"2", "3"}:
        return _of_rides(here, address, telephone, keys, kept)
    if keys == "1":
        return _next_bus(here, address, telephone)
    if keys == "0":
        return _agent(here, telephone)
    return _not_understood(here, address)


def _not_understood(here: House, address: str) -> Step:
    return Step((_SORRY, _menu_words(here)), 1, address)


def _of_rides(here: House, address: str, telephone: str, keys: str, kept: dict[str, str]) -> Step:
    if not here.ground.modules.has(RIDES):
        return _not_understood(here, address)
    found = _tomorrow(here, telephone)
    if not found:
        return _no_ride()
    if kept.get("question"):
        # Rides may have come or gone since they were read out: a key means only what was heard.
        heard = kept.get("trajets") == _told(found)
        return _answered(here, telephone, found, keys) if heard else _which_to_cancel(here, address, telephone, found)
    if keys == "2":
        return Step((*(_ride_words(coming) for coming in found), "Au revoir."))
    return _which_to_cancel(here, address, telephone, found)


def _agent(here: House, caller: str) -> Step:
    """Pass a call on; where the territory has no telephone, list the caller to be called back before it is said."""
    if here.ground.telephone:
        return Step(("Nous vous passons quelqu'un.",), transfer=here.ground.telephone)
    if not caller:
        return Step(("Personne ne peut répondre maintenant, et votre numéro ne nous parvient pas. Au revoir.",))
    take_call(here.rides, None, caller, now=here.clock())
    return Step(("Personne ne peut répondre maintenant. Votre appel est noté, on vous rappelle.",))


def _next_bus(here: House, address: str, telephone: str) -> Step:
    commune = _commune_of(here, telephone)
    if commune:
        return _bus(here, commune)
    return Step((_LETTERS,), LETTERS, address, keep={"question": "commune"})


def _bus(here: House, insee: str) -> Step:
    return Step((*_grave_words(here, insee, of_all=False), _bus_words(here, insee), "Au revoir."))


def _spelt(name: str) -> str:
    """Return the keys of the first letters of a name: A, B and C are on 2."""
    letters = "".join(letter for letter in folded(name) if letter in _KEYS)
    return "".join(_KEYS[letter] for letter in letters[:LETTERS])


def _communes_spelt(here: House, keys: str) -> list[Commune]:
    return [commune for commune in here.ground.territory.communes if _spelt(commune.name) == keys][:9]


def _bus_by_letters(here: House, address: str, keys: str) -> Step:
    found = _communes_spelt(here, keys)
    if not found:
        return Step(("Aucune commune du territoire ne commence ainsi.", _menu_words(here)), 1, address)
    if len(found) == 1:
        return _bus(here, found[0].insee)
    say = tuple(f"Pour {commune.name}, tapez {number}." for number, commune in enumerate(found, 1))
    return Step(say, 1, address, keep={"question": "laquelle", "lettres": keys})


def _bus_of_choice(here: House, address: str, keys: str, letters: str) -> Step:
    found = _communes_spelt(here, letters)
    number = number_within(keys, 1, len(found))
    if not number:
        return _not_understood(here, address)
    return _bus(here, found[number - 1].insee)


def _visit_words(here: House, visit: DatedVisit) -> str:
    plan = here.calendar.plan()
    stop = plan.problem.stops_by_id[visit.visit.stop]
    session = visit.session(plan.problem)
    return (
        f"Le bus vient {at_place(stop.place.name)} {day_words(visit.day)}, "
        f"{hours_words(session.opens, session.closes).replace('–', 'à')}."
    )


def _bus_words(here: House, insee: str) -> str:
    stops = [stop.id for stop in here.calendar.plan().problem.stops if stop.commune == insee]
    coming = here.calendar.dated().coming(here.calendar.plan().problem, here.clock(), stops)
    if coming:
        return _visit_words(here, coming[0])
    commune = here.ground.commune_names().get(insee, "")
    near = [
        visit
        for _, _, visit in nearest_stops(here.calendar.plan(), here.calendar.dated(), insee, here.clock())
        if visit
    ]
    if near:
        return f"Le bus ne s'arrête pas {at_place(commune)}. Au plus près : {_visit_words(here, near[0])}"
    return f"Le bus ne s'arrête pas {at_place(commune)}."


@dataclass(frozen=True)
class _Coming:
    """A ride of tomorrow, and the side of it that has the number: whoever rides, or drives."""

    match: Match
    asked: RideRequest
    person: str


def _tomorrow(here: House, telephone: str) -> list[_Coming]:
    """Return tomorrow's confirmed rides of a number, by their hour: of all whose number it is."""
    day = here.today() + timedelta(days=1)
    with here.store.reading() as tx:
        persons = persons_with_telephone(tx, telephone)
        pairs = [(match, find_request(tx, match.request)) for match in matches_on(tx, [day], [CONFIRMED])]
    found = [
        _Coming(match, asked, person.id)
        for match, asked in pairs
        for person in persons
        if asked.rider == person.id or any(ride.driver == person.id for ride in match.rides)
    ]
    return sorted(found, key=lambda coming: (_own(coming)[0].pickup, coming.match.id, coming.person))


def _told(found: Sequence[_Coming]) -> str:
    """Return a mark of what was read out, in which nobody can be recognised."""
    named = "|".join(f"{coming.match.id} {coming.person} {_hours_words(coming)}" for coming in found)
    return hashlib.sha256(named.encode()).hexdigest()[:16]


def _own(coming: _Coming) -> list[MatchedRide]:
    return [ride for ride in coming.match.rides if ride.driver == coming.person] or list(coming.match.rides)


def _hours_words(coming: _Coming) -> str:
    told = [f"{'le retour' if ride.half == BACK else 'départ'} vers {time_words(ride.pickup)}" for ride in _own(coming)]
    return joined(told)


def _ride_words(coming: _Coming) -> str:
    """Say when a ride is, and no more: whoever holds the telephone may not be the person."""
    return f"Votre trajet de demain : {_hours_words(coming)}."


def _apart(found: Sequence[_Coming]) -> list[str]:
    """Return words that tell rides apart: their hours, and where to only where the hours are the same."""
    hours = [_hours_words(coming) for coming in found]
    return [
        f"{own}, {at_place(coming.asked.destination.name)}" if hours.count(own) > 1 else own
        for coming, own in zip(found, hours, strict=True)
    ]


def _which_to_cancel(here: House, address: str, telephone: str, found: Sequence[_Coming]) -> Step:
    """Read rides out to be cancelled: one by one where there are several, which may be several people's."""
    keep = {"question": "annuler", "trajets": _told(found)}
    if len(found) == 1:
        return Step((_ride_words(found[0]), "Pour annuler, tapez 1. Pour le garder, tapez 2."), 1, address, keep=keep)
    apart = _apart(found)
    if len(found) > MOST_KEYS or len(set(apart)) < len(found):
        return _agent(here, telephone)
    keys = (f"Trajet de demain : {words}. Pour l'annuler, tapez {key}." for key, words in enumerate(apart, 1))
    return Step((*keys, "Pour tout garder, raccrochez.", _AGENT_KEY), 1, address, keep=keep)


def _answered(here: House, telephone: str, found: Sequence[_Coming], keys: str) -> Step:
    """Cancel the ride whose key was pressed, and no other."""
    if len(found) > 1 and keys == "0":
        return _agent(here, telephone)
    number = number_within(keys, 1, len(found))
    if not number:
        return Step(("Rien n'est annulé. Au revoir.",))
    desk, now, chosen = here.rides, here.clock(), found[number - 1]
    # The call is all that is known of who acts: a landline is several people's.
    if chosen.asked.rider == chosen.person:
        cancel_request(desk, chosen.asked.id, now=now, who=BY_CALL, reason=BY_MENU)
    else:
        cancel_match(desk, chosen.match.id, driver=chosen.person, now=now, who=BY_CALL, reason=BY_MENU)
    return Step(("C'est annulé. Les autres personnes sont prévenues. Au revoir.",))


def _no_ride() -> Step:
    return Step(("Aucun trajet n'est confirmé demain pour ce numéro. Au revoir.",))
