"""How long it takes to find someone among 20,000 persons, by name, sound, beginning and number; on both databases."""

import os
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert, text

from benchmarks.measure import table
from data.person_search import search_persons
from data.ride_schema import contacts, person_names, persons, requests
from data.store import Store
from mobility.names import sound_of, words_of
from mobility.scope import EVERYTHING, Scope

PERSONS, ASKED, SEED = 20_000, 1_000, 46
AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
GIVEN = (
    "Marie", "Jeanne", "Jean", "Pierre", "Michel", "André", "Philippe", "Louis", "René", "Alain", "Jacques", "Bernard",
    "Marcel", "Daniel", "Roger", "Robert", "Paul", "Lucien", "Christian", "Henri", "Georges", "Nicolas", "Monique",
    "Catherine", "Françoise", "Isabelle", "Jacqueline", "Sylvie", "Martine", "Hélène",
)  # fmt: skip
PARTS = (
    ("La", "De", "Mar", "Bou", "Cou", "Del", "Vay", "Ray", "Cas", "Fa", "Mou", "Gar", "Sou", "Bel", "Ver", "Rou"),
    ("ti", "ssi", "rri", "gna", "llo", "che", "ve", "ta", "bo", "li", "que", "na", "di", "ga", "mbe", "ro"),
    ("n", "nne", "t", "lle", "s", "u", "c", "gues", "rd", "ux", "er", "z", "x", "l", "ou", "ac"),
)


def name_of(chance: random.Random) -> str:
    """Return a made-up name."""
    return f"{chance.choice(GIVEN)} {''.join(chance.choice(part) for part in PARTS)}"


def fill(store: Store) -> list[tuple[str, str]]:
    """Fill a store; return names and numbers."""
    chance = random.Random(SEED)
    made = [(name_of(chance), f"05{number:08d}") for number in range(PERSONS)]
    with store.writing() as tx:
        common = {"kind": "rider", "alias": "Passager", "commune": "46042", "wishes": [], "created": AT, "seen": AT}
        tx.execute(insert(persons), [{"id": f"p{n}", "structure": "AB"[n % 2], **common} for n in range(len(made))])
        tx.execute(
            insert(contacts),
            [{"person": f"p{n}", "name": name, "telephone": tel} for n, (name, tel) in enumerate(made)],
        )
        place = {"id": "46042", "name": "Cahors", "lon": 1.44, "lat": 44.45}
        tx.execute(
            insert(requests),
            [
                {
                    "id": f"r{n}", "rider": f"p{n}", "day": AT.date(), "origin": place, "destination": place,
                    "wishes": [], "errand": "other", "state": "done", "structure": "AB"[n % 2], "created": AT,
                }
                for n in range(len(made))
            ],
        )  # fmt: skip
        tx.execute(
            insert(person_names),
            [
                {"person": f"p{n}", "word": word, "sound": sound_of(word)}
                for n, (name, _) in enumerate(made) for word in set(words_of(name))
            ],
        )  # fmt: skip
    if store.engine.dialect.name == "postgresql":
        with store.writing() as tx:
            # The server does so by itself a minute after so many came in.
            tx.execute(text("ANALYZE"))
    return made


def asked_for(made: list[tuple[str, str]], chance: random.Random) -> str:
    """Return what someone types to find a person."""
    name, number = chance.choice(made)
    given, last = name.split()
    return chance.choice(
        [name, last, given, f"{last} {given[:3]}", last[:4], given[:1], last.replace("c", "k"), number, number[-5:]]
    )


def seconds_of(store: Store, made: list[tuple[str, str]]) -> tuple[list[float], list[float]]:
    """Return the seconds of many searches, the shortest first: by the clock, and of the program's processor."""
    chance, taken, worked = random.Random(SEED + 1), [], []
    for _ in range(ASKED):
        text = asked_for(made, chance)
        began, work = time.perf_counter(), time.process_time()
        with store.reading() as tx:
            search_persons(tx, text)
        taken.append(time.perf_counter() - began)
        worked.append(time.process_time() - work)
    return sorted(taken), sorted(worked)


def main(addresses: list[str]) -> None:
    """Measure on SQLite, and on the empty PostgreSQL databases whose addresses are given."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for address in [f"sqlite:///{Path(folder) / 'people.sqlite'}", *addresses]:
            store = Store(address)
            made = fill(store)
            for scope in (EVERYTHING, Scope.of(["A"])):
                shown = [
                    f"{1000 * seconds[int(share * (len(seconds) - 1))]:.1f} ms"
                    for seconds in seconds_of(store.within(scope), made) for share in (0.5, 0.99)
                ]  # fmt: skip
                rows.append([address.partition(":")[0], "all" if scope.everything else "one structure", *shown])
            store.close()
    sys.stdout.write(table(["database", "sees", "half", "p99", "processor, half", "processor, p99"], rows) + "\n")
    sys.stdout.write(f"load of the machine: {os.getloadavg()[0]:.1f}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
