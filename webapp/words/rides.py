"""What is written and said about rides, in short plain French."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from desks.rides.asked_in_vain import AskedInVain
from desks.rides.messages import Asked, RideFacts
from desks.rides.open_lines import LineWords
from mobility.messages import Text
from mobility.people import RIDER
from mobility.rides import BACK, OUT, VOLUNTEER, MatchedRide, RideRequest
from webapp.words.french import (
    NBSP,
    at_place,
    clock_words,
    day_words,
    deadline_words,
    joined,
    kilometres_words,
    number_words,
    of_name,
    of_place,
    started,
    telephone_words,
    time_words,
)

STATES = {
    "waiting": "À traiter", "proposed": "Proposée", "confirmed": "Confirmée", "done": "Faite", "cancelled": "Annulée",
    "unmet": "Sans réponse",
}  # fmt: skip
STATE_ICONS = {
    "waiting": ("clock", "wait"), "proposed": ("telephone", "wait"), "confirmed": ("yes", "yes"),
    "done": ("yes", "yes"),
    "cancelled": ("no", "wait"), "unmet": ("warning", "no"),
}  # fmt: skip
"""The drawing beside the word of a state, and how it is shown."""
MATCH_STATES = {
    "proposed": "Proposée", "confirmed": "Confirmée", "done": "Faite", "cancelled": "Annulée", "refused": "Refusée",
    "expired": "Sans réponse à temps",
}  # fmt: skip
ERRANDS = {
    "health": "Santé", "administration": "Démarche", "food": "Courses", "work": "Travail, formation",
    "family": "Famille, amis", "other": "Autre",
}  # fmt: skip
ABILITIES = {"wheelchair": "Fauteuil pliant", "child-seat": "Siège enfant", "door-help": "Aide jusqu'à la porte"}
OFFER_KINDS = {"volunteer": "Bénévole", "regular": "Trajet régulier", "once": "Trajet d'un jour"}
CONSENTS = {
    "contact": "Donner mon numéro à l'autre personne quand un trajet est accepté",
    "messages": "Recevoir des messages (SMS ou courriel)",
    "memory": "Garder mes besoins particuliers pour la prochaine fois",
}  # fmt: skip
REASONS = {
    "no-driver": "Aucun conducteur ne propose de trajet ce jour-là par ici.",
    "abilities": "Aucun conducteur disponible ne peut répondre à ce besoin particulier (fauteuil, siège enfant, aide).",
    "seats": "Aucune voiture disponible n'a assez de places.",
    "hours": "Les conducteurs du secteur ne sont pas disponibles à ces heures.",
    "reach": "Le trajet est plus long que ce que les conducteurs du secteur acceptent.",
    "no-way-back": "L'aller est possible, mais personne ne peut assurer le retour.",
    "no-way-there": "Le retour est possible, mais personne ne peut assurer l'aller.",
    "refused": "Les conducteurs possibles ont dit non, n'ont pas répondu, ou n'ont pas convenu à la personne.",
    "taken": "Les conducteurs possibles sont déjà pris par d'autres trajets.",
    "not-eligible": "La loi réserve le transport bénévole à certaines situations ; aucun covoiturage ne passe par là.",
    "out-of-time": "Il est trop tard pour demander à un conducteur et attendre sa réponse.",
    "no-road": "Aucune route connue ne mène d'un lieu à l'autre.",
}  # fmt: skip
KIND_WORDS = {
    "commune": "commune", "former": "ancienne commune", "counter": "guichet", "hospital": "hôpital",
    "station": "gare", "stop": "arrêt", "food": "commerces", "market": "marché", "nickname": "nom local",
}  # fmt: skip


LINE_WORDS = LineWords(
    "Trajets solidaires", lambda start, end: f"Trajet solidaire {start} – {end}",
    "Trajet d'un habitant, à demander au plus tard le dernier jour ouvré avant celui du trajet ; il peut être refusé.",
)  # fmt: skip


def alias_words(kind: str, place: str) -> str:
    """Write what others call someone: "Bénévole d'Escamps"; ``kind`` is a rider's or an offer's, "" a place unknown."""
    return f"{_role(kind)} {of_place(place)}" if place else _role(kind)


def example_alias(kind: str, number: int, place: str) -> str:
    """Write the name of a person of the example: "Bénévole d'exemple 3 (Lherm)"."""
    return f"{_role(kind)} d'exemple {number} ({place})"


def partner_alias(partner: str, alias: str) -> str:
    """Write what others call whom another platform sends: "Passager d'Un voisin : Une habitante"."""
    return f"{_role(RIDER)} {of_name(partner)} : {alias}"


def _role(kind: str) -> str:
    return {VOLUNTEER: "Bénévole", RIDER: "Passager"}.get(kind, "Conducteur")


def change_words(change: Mapping[str, object]) -> str:
    """Write the smallest change that would serve a request."""
    kind, amount = change.get("kind"), change.get("amount", 0)
    if kind == "minutes":
        return f"Ce serait possible en décalant l'heure de {amount:g}{NBSP}minutes au plus."
    if kind == "kilometres":
        return f"Ce serait possible si un conducteur acceptait {amount:g}{NBSP}km de plus."
    if kind == "seats":
        return "Ce serait possible avec une place de plus dans une voiture."
    if kind == "abilities":
        return f"Ce serait possible avec un conducteur qui peut : {ABILITIES.get(str(change.get('what')), '')}."
    if kind == "one-way":
        return "Ce serait possible pour l'aller seul ; il faudrait un autre moyen pour le retour."
    return ""


def when_words(request: RideRequest) -> str:
    """Write when a request is for: "y être à 10 h, retour après 11 h 30"."""
    if request.arrive_by is not None:
        words = f"y être à {time_words(request.arrive_by)}"
    else:
        words = f"partir après {time_words(request.depart_after or 0)}"
    return words + (f", retour après {time_words(request.back_after)}" if request.back_after is not None else "")


def request_words(request: RideRequest) -> str:
    """Write a request in a line: from where, to where, on which day and when."""
    ends = f"{request.origin.name} → {request.destination.name}"
    return f"{ends}, {day_words(request.day, year=True)}, {when_words(request)}"


def asked_in_vain_words(asked: AskedInVain) -> str:
    """Write what came of asking the drivers who could, never who they are: "2 conducteurs n'ont pas répondu."."""
    told = [
        f"un conducteur {one}" if count == 1 else f"{number_words(count)} conducteurs {many}"
        for count, one, many in (
            (asked.refused, "a dit non", "ont dit non"), (asked.silent, "n'a pas répondu", "n'ont pas répondu"),
            (asked.unwanted, "n'a pas convenu à la personne", "n'ont pas convenu à la personne"),
        )
        if count
    ]  # fmt: skip
    return f"{started(joined(told))}." if told else REASONS["refused"]


def unmet_words(request: RideRequest) -> str:
    """Write what someone is told whom nobody can drive."""
    way = f"{of_place(request.origin.name)} {at_place(request.destination.name)}"
    return f"Nous avons cherché : personne ne peut vous conduire {way} le {day_words(request.day)}. Nous le regrettons."


def answer_by_words(wanted: datetime, now: datetime, telephone: str) -> str:
    """Say what follows of a request, and what to do without an answer by when a driver is ``wanted``."""
    call = f"appelez le {telephone_words(telephone)}" if telephone else "appelez votre guichet"
    if wanted <= now:
        return f"Ce trajet est très proche : pour être sûr d'avoir une réponse à temps, {call}."
    return f"Sans réponse de notre part avant {deadline_words(wanted, now.tzinfo)}, {call}."


def form_of(request: RideRequest) -> dict[str, str]:
    """Return a request as the form in which it is put right."""
    return {
        "de": request.origin.name, "vers": request.destination.name, "jour": request.day.isoformat(),
        "sens": "arriver" if request.arrive_by is not None else "partir", "heure": clock_words(request.hour),
        "retour": clock_words(request.back_after) if request.back_after is not None else "",
        "accompagnants": str(request.companions), "motif": request.errand,
        **{f"besoin-{wish}": "on" for wish in request.wishes},
    }  # fmt: skip


def euros_words(euros: float) -> str:
    """Write "7,04 €"."""
    return f"{number_words(euros, 2)}{NBSP}€"


def own_cost_words(euros: float, more: str = "") -> str:
    """Say from what a way costs, worked out from the way alone; ``more`` is what else is paid."""
    if not euros:
        return f"Frais à partager avec le conducteur{more}."
    return (
        f"Participation aux frais : à partir de {euros_words(euros)}{more} (votre trajet aller et retour, si l'on ne "
        "conduit que vous), selon d'où vient le conducteur. Le montant exact vous est dit avant de confirmer."
    )


def option_words(request: RideRequest, rides: tuple[MatchedRide, ...], drivers: Mapping[str, str], euros: float) -> str:
    """Return an answer in sentences written to be read aloud on the telephone."""
    told = []
    for ride in rides:
        start, end = ends_of(request, ride.half)
        who = drivers[ride.driver]
        told.append(
            f"{'Pour le retour, ' if ride.half == BACK else ''}{who} vous prend vers {time_words(ride.pickup)} "
            f"{at_place(start)}, et vous dépose vers {time_words(ride.dropoff)} {at_place(end)}."
        )
    told = [words[0].upper() + words[1:] for words in told]
    if euros:
        told.append(f"Une participation aux frais de {euros_words(euros)} au plus peut être demandée.")
    else:
        told.append("Les frais se partagent entre vous.")
    return " ".join(told)


def ends_of(request: RideRequest, half: str) -> tuple[str, str]:
    """Return the names of where one half begins and ends."""
    names = request.origin.name, request.destination.name
    return names if half == OUT else names[::-1]


@dataclass(frozen=True)
class RideWords:
    """Writes the messages of rides. ``address`` is the site's; ``telephone`` the desk's."""

    address: str
    telephone: str = ""
    spoken: bool = False
    """Whether somebody reads them out: no address then, no sign that cannot be said, and no number to call."""

    def aloud(self) -> "RideWords":
        """Return what writes the same to be read out on the telephone."""
        return replace(self, spoken=True)

    def proposal(self, ride: RideFacts, secret: str, asked: Asked, *, before: datetime | None) -> Text:
        """Ask one side of a match for a yes or no, before a local time; a driver gets their own rides.

        Who said yes already is not asked: they read what to, and how to take it back.
        """
        link, when = f"{self.address}/t/{secret}", day_words(ride.day)
        until = f", avant {deadline_words(before, before.tzinfo)}" if before else ""
        legs = self._legs(ride)
        if asked.agreed:
            back = "" if self.spoken else f" Vous ne pouvez plus ? Dites-le ici : {link}"
            whom = "des autres" if asked.drives else _drivers("du", asked.drivers)
            what = f"conduire {_people(ride.people)} {when}" if asked.drives else f"un trajet {when}"
            text = f"Vous avez dit oui pour {what}. {legs} Nous attendons la réponse {whom}.{back}"
        elif asked.drives:
            ask = "Est-ce oui, ou non ?" if self.spoken else f"Répondez oui ou non d'un geste{until} : {link}"
            text = f"Pouvez-vous conduire {_people(ride.people)} {when} ? {legs} {ask}"
        else:
            ask = "Cela vous convient-il ?" if self.spoken else f"Dites-nous si cela vous convient{until} : {link}"
            whom = _drivers("au", asked.drivers)
            text = f"Un trajet vous est proposé {when}. {legs} Nous demandons {whom}. {ask}"
        return Text(f"Trajet du {when}", text + self._end())

    def confirmed(self, ride: RideFacts, telephones: Sequence[str]) -> Text:
        """Tell one side that all said yes; ``telephones`` are those of the others who consented."""
        when = day_words(ride.day)
        numbers = " ".join(f"Pour se joindre : {telephone_words(telephone)}." for telephone in telephones)
        text = f"C'est d'accord pour {when}. {self._legs(ride)} {numbers}"
        return Text(f"Trajet confirmé, {when}", text + self._end())

    def over(self, ride: RideFacts, *, cancelled: bool, searching: bool) -> Text:
        """Tell someone that a proposal or a ride will not be; ``searching`` where another is looked for."""
        when = day_words(ride.day)
        what = "Ce trajet est annulé" if cancelled else "Cette proposition n'a pas abouti"
        more = " Nous cherchons une autre solution." if searching else ""
        ends = f"{ride.origin} – {ride.destination}"
        if self.spoken:
            ends = f"{of_place(ride.origin)} {at_place(ride.destination)}"
        return Text(f"Trajet du {when}", f"{what} : {ends}, {when}.{more}" + self._end())

    def reminder(self, ride: RideFacts) -> Text:
        """Remind one side, the day before."""
        text = f"Rappel pour demain, {day_words(ride.day)}. {self._legs(ride)}"
        return Text("Votre trajet de demain", text + self._end())

    def which(self) -> Text:
        """Ask which of several proposals an answer was meant for.

        How many is not said: the desks that read this message may each know of some of them only.
        """
        waiting = "Merci. Plusieurs trajets attendent votre réponse"
        text = f"{waiting} : ouvrez le lien de chacun" + (
            f", ou appelez le {self.telephone}." if self.telephone else "."
        )
        if self.spoken:
            text = f"{waiting} : auquel répondez-vous ?"
        return Text("Quel trajet ?", text)

    def of_partner(self, sender: str, partner: str, text: str) -> Text:
        """Carry what someone of another platform wrote."""
        return Text(f"Message par {partner}", f"Message {of_name(sender)} ({partner}) : {text}")

    def way(self, text: str) -> Text:
        """Send a way that was explained."""
        return Text("Votre trajet", text)

    def alone(self, request: str, day: date) -> Text:
        """Tell a structure that nobody can drive for a request any more."""
        where = "." if self.spoken else f" (il faut être connecté) : {self.address}/bureau/demandes/{request}"
        text = (
            f"Plus personne ne peut conduire pour la demande {request}, {day_words(day)}. Ouvrez-la pour voir pourquoi "
            f"et ce qui reste possible{where}"
        )
        return Text(f"Demande sans conducteur, {day_words(day)}", text)

    def _end(self) -> str:
        return f" Une question ? {self.telephone}" if self.telephone and not self.spoken else ""

    def _legs(self, ride: RideFacts) -> str:
        told = []
        for half, pickup, dropoff, metres in ride.rides:
            start, end = (ride.origin, ride.destination) if half == OUT else (ride.destination, ride.origin)
            way = "Aller" if half == OUT else "Retour"
            if self.spoken:
                told.append(
                    f"{way} : départ {of_place(start)} vers {time_words(pickup)}, arrivée {at_place(end)} vers "
                    f"{time_words(dropoff)}."
                )
            else:
                told.append(
                    f"{way} : {start} vers {time_words(pickup)}, {end} vers {time_words(dropoff)} "
                    f"({kilometres_words(metres)})."
                )
        wishes = joined([ABILITIES[wish].lower() for wish in ride.wishes])
        return " ".join(told) + (f" Besoins particuliers : {wishes}." if wishes else "")


_PLURAL = {"au": "aux", "du": "des"}


def _drivers(article: str, count: int) -> str:
    """Write "au conducteur", or "aux conducteurs" of several."""
    return f"{article} conducteur" if count == 1 else f"{_PLURAL[article]} conducteurs"


def _people(count: int) -> str:
    return "une personne" if count == 1 else f"{count} personnes"
