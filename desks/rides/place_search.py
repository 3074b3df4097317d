"""The search for places behind every field: communes, old communes, services, stops and local nicknames."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from rapidfuzz import fuzz, process

from data.journal import note
from data.register import A_DAY
from data.ride_records import (
    Nickname,
    all_nicknames,
    drop_nickname,
    nicknames_used_before,
    open_nickname,
    public_nicknames,
    set_nickname,
    use_nicknames,
)
from data.store import Store
from desks.ground import Ground
from desks.journal import looked_at
from desks.kept import Kept
from desks.transport.feeds import KeptFeed
from desks.transport.in_use import FeedsInUse
from mobility.errors import MobilityError, UnavailableError
from mobility.place_index import NamedPlace, PlaceIndex
from mobility.places import Place, Point, parse_position, place_at
from mobility.territory import folded

LARGEST_FEED = 3000
"""Stops of a feed beyond which its stops are not proposed as places."""
NICKNAME = "nickname"
CLOSE = 72.0
"""Likeness (0 to 100) from which a misspelt name is proposed."""
PROPOSED = 4
"""Names proposed for a text that is none, at most."""
_COMMUNES = ("commune", "former")


@dataclass(frozen=True)
class Places:
    """The places of every search field; nicknames that anyone adds to the store are in at once.

    A nickname may name someone and say where they live: those that are not for everybody are found ``of_desk`` alone,
    and whoever else looks gets what they would get if there were none.
    """

    ground: Ground
    store: Store
    feeds: FeedsInUse
    of_desk: bool = False
    _index: Kept[PlaceIndex] = field(default_factory=Kept, repr=False)

    def index(self) -> PlaceIndex:
        """Return the places by all their names, the stops of the feeds included."""
        with self.store.reading() as tx:
            nicknames = all_nicknames(tx) if self.of_desk else public_nicknames(tx)
        return self._index.get(
            (tuple(nicknames), self.feeds.stamp),
            lambda: place_index(self.ground, nicknames, feed_places(self.feeds.all())),
        )  # fmt: skip

    def find(self, text: str, *, field: str, now: datetime, index: PlaceIndex | None = None) -> Place:
        """Return the place that a text names, as :func:`find_place`; a local name by which it is found was used.

        Whoever looks for many at once hands in the ``index``, opened once.
        """
        index = index or self.index()
        place = find_place(index, text, field=field)
        entries = (index.named[number] for number in index.beginning(text))
        names = [entry.name for entry in entries if entry.kind == NICKNAME and entry.place == place]
        if names:
            self._note_use(names, now)
        return place

    def _note_use(self, names: Sequence[str], now: datetime) -> None:
        with self.store.reading() as tx:
            # To the day: a question does not write each time that it is asked.
            old = nicknames_used_before(tx, names, now - A_DAY)
        if old:
            # Whoever looks for a place gets it though nothing can be written now.
            with suppress(UnavailableError), self.store.writing() as tx:
                use_nicknames(tx, old, now=now)

    def name(self, place: Place, nickname: str, *, now: datetime, who: str, public: bool = False) -> None:
        """Keep what people call a place; ``public`` where everybody may look for it, unless a place is called so."""
        if public:
            self._refuse_taken(nickname)
        with self.store.writing("nicknames") as tx:
            set_nickname(tx, nickname, place, now=now, by=who, public=public)
            note(tx, who, "place-named", now=now)
            if public:
                note(tx, who, "place-name-opened", now=now)

    def open(self, nickname: str, *, public: bool, now: datetime, who: str) -> None:
        """Let everybody look for what people call a place (unless a place is called so), or the desk alone."""
        if public:
            self._refuse_taken(nickname)
        with self.store.writing("nicknames") as tx:
            if open_nickname(tx, nickname, public=public):
                note(tx, who, "place-name-opened" if public else "place-name-closed", now=now)

    def _refuse_taken(self, nickname: str) -> None:
        """Refuse a name by which everybody would be led elsewhere than to the place that is called so."""
        known = place_index(self.ground, (), feed_places(self.feeds.all())).exact(nickname)
        if known:
            raise MobilityError("name-taken", f"'{nickname}' is a place already", field="Nom", value=nickname)

    def forget(self, nickname: str, *, now: datetime, who: str) -> None:
        """Forget what people call a place; one that is gone already is gone."""
        with self.store.writing() as tx:
            if drop_nickname(tx, nickname):
                note(tx, who, "place-name-removed", now=now)


def see_nicknames(store: Store, *, now: datetime, who: str) -> list[Nickname]:
    """Return what people call places, to someone of the desk; that they looked is written down."""
    with store.writing() as tx:
        looked_at(tx, who, "place-names-seen", [""], now=now)
        return all_nicknames(tx)


def place_index(ground: Ground, nicknames: Sequence[Nickname] = (), stops: Sequence[NamedPlace] = ()) -> PlaceIndex:
    """Return the places of a territory by all their names; ``stops`` are those of the feeds."""
    territory = ground.territory
    named = []
    for settlement in territory.settlements:
        is_commune = settlement.id in territory.by_insee
        kind = "commune" if is_commune else "former"
        named.append(NamedPlace(settlement.place.name, settlement.place, kind, 10.0 if is_commune else 5.0))
    for service in territory.services:
        named.append(NamedPlace(service.place.name, service.place, service.kind, 4.0))
    for stop in ground.stops:
        commune = territory.by_insee[stop.commune].name
        named.append(NamedPlace(f"{commune}, {stop.spot}", stop.place, "stop", 2.0))
    named += stops
    named += [NamedPlace(known.name, known.place, NICKNAME, 20.0) for known in nicknames]
    return PlaceIndex(named)


def feed_places(feeds: Sequence[KeptFeed]) -> list[NamedPlace]:
    """Return the stops of the feeds in use, stations first; very large feeds are left out."""
    found = []
    for feed in feeds:
        stops = feed.tables["stops.txt"]
        if len(stops) > LARGEST_FEED:
            continue
        for stop in stops.to_dict("records"):
            try:
                point = Point(float(stop["stop_lon"]), float(stop["stop_lat"]))
            except (KeyError, TypeError, ValueError):
                continue
            kind = "station" if stop.get("location_type") == "1" else "stop"
            name = str(stop["stop_name"])
            found.append(NamedPlace(name, Place(f"{feed.name}:{stop['stop_id']}", name, point), kind, 1.0))
    return found


def suggest(index: PlaceIndex, text: str, *, count: int = 8) -> list[NamedPlace]:
    """Return the places that a text most likely means, the best first: beginnings of words, then likeness."""
    if not folded(text):
        return []
    scores = index.beginning(text)
    if len(scores) < count and len(folded(text)) >= 3:
        wanted = folded(text)
        for scorer in (fuzz.WRatio, fuzz.ratio):
            for _, score, number in process.extract(wanted, index.keys, scorer=scorer, limit=count, score_cutoff=CLOSE):
                scores[number] = max(scores.get(number, 0.0), 0.6 * score)
    order = sorted(scores, key=lambda n: (-scores[n] - index.named[n].weight / 4, index.named[n].name))
    found: list[NamedPlace] = []
    seen: set[str] = set()
    for number in order:
        entry = index.named[number]
        if entry.place.id not in seen:
            seen.add(entry.place.id)
            found.append(entry)
    return found[:count]


def find_place(index: PlaceIndex, text: str, *, field: str) -> Place:
    """Return the place that a text names, or a position as "lon, lat".

    Where it is only like some names, an error proposes them.
    """
    if point := parse_position(text, field=field):
        return place_at(point)
    known = index.exact(text)
    if known:
        return known.place
    likely = suggest(index, text, count=2)
    if len(likely) == 1 and index.beginning(text):
        return likely[0].place
    names = alike(index, text)
    if not names:
        raise MobilityError("place-elsewhere", f"no place '{text}', nor any like it", field=field, value=text)
    hint = f"did you mean {' or '.join(names)}?"
    raise MobilityError("no-such-place", f"no place '{text}'; {hint}", field=field, value=text, suggestions=names)


def alike(index: PlaceIndex, text: str) -> list[str]:
    """Return the names that resemble a text which is no name, communes first: its slips, its beginnings, its parts.

    Stricter than what is proposed while one types: a word in common is no likeness, or "Paris" would be a parking.
    """
    wanted = folded(text)
    scores = index.beginning(text)
    for number, key in enumerate(index.keys):
        commune = index.named[number].kind in _COMMUNES
        if commune and f" {key} " in f" {wanted} ":
            # An address with its commune: "12 rue de la Gare, Lherm".
            scores[number] = 100.0
        elif (score := fuzz.ratio(wanted, key)) >= CLOSE:
            scores[number] = max(scores.get(number, 0.0), score)
    order = sorted(scores, key=lambda n: (index.named[n].kind not in _COMMUNES, -scores[n], index.named[n].name))
    # The commune and its station often share a name: it is proposed once.
    return list(dict.fromkeys(index.named[number].name for number in order))[:PROPOSED]
