"""A thousand who want one last seat at once: one has it, the others are told so, and nothing breaks.

`python -m benchmarks.last_seat`. Bookings of the carpooling standard, on each database, with one worker and two.
"""

import http.client
import json
import os
import sys
import threading
import uuid
from collections import Counter
from datetime import UTC, datetime, time
from pathlib import Path

from sqlalchemy import func, select

from benchmarks import load
from benchmarks.load import PORT, database, prepared, start, stop
from benchmarks.measure import table
from data.people import add_person
from data.ride_matches import matches_on
from data.ride_records import add_offer
from data.ride_schema import requests
from data.store import Store
from desks.settings import read_settings
from mobility.clock import HOUR
from mobility.consent import CONSENTS, Consent
from mobility.people import DRIVER, Contact, Newcomer, Person
from mobility.rides import ONCE, RideOffer
from webapp.opening import open_house

WANT = 1000
KEY = "a-key-of-this-benchmark"
FROM, TO = "Lherm", "Cahors"


def offered(address: str, state: Path) -> dict[str, float]:
    """Put one driver with one seat into the store; return where and when they pass."""
    os.environ |= {"MOBILITY_STATE": str(state), "MOBILITY_DATABASE": address, "MOBILITY_PARTNER_KEYS": f"voisin={KEY}"}
    house = open_house(read_settings())
    territory = house.ground.territory
    places = [territory.settlements_by_id[territory.find_commune(name).insee].place for name in (FROM, TO)]
    now = datetime.now(UTC)
    with house.store.writing() as tx:
        agreed = tuple(Consent(what) for what in CONSENTS)
        person = Newcomer(Person("", DRIVER, "Conducteur de Lherm", "46171"), Contact("Nom", "0600000001"), agreed)
        driver = add_person(tx, person, now=now, by="benchmark").id
        trip = RideOffer("trip", driver, ONCE, places[0], places[1], 9 * HOUR, 10 * HOUR, day=load.DAY, seats=1)
        add_offer(tx, trip, now=now)
    house.store.close()
    leaves = datetime.combine(load.DAY, time(9), house.rides.zone)
    return {
        "passengerPickupDate": int(leaves.timestamp()),
        "passengerPickupLat": places[0].point.lat, "passengerPickupLng": places[0].point.lon,
        "passengerDropLat": places[1].point.lat, "passengerDropLng": places[1].point.lon,
    }  # fmt: skip


def wanted(where: dict[str, float]) -> Counter[str]:
    """Have everybody book at once; return how many were answered what."""
    barrier, statuses = threading.Barrier(WANT), Counter[str]()
    lock = threading.Lock()

    def book(number: int) -> None:
        body = json.dumps({
            "id": str(uuid.uuid4()), "status": "WAITING_CONFIRMATION", "price": {"type": "FREE"},
            "driver": {"id": "d", "alias": "Conducteur", "operator": "ici"},
            "passenger": {"id": f"p{number}", "alias": f"Passager {number}", "operator": "voisin"},
            "driverJourneyId": f"trip@{load.DAY.isoformat()}", **where,
        })  # fmt: skip
        line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=300)
        line.connect()
        barrier.wait()
        try:
            line.request(
                "POST", "/covoiturage/v1/bookings", body, {"Content-Type": "application/json", "X-API-Key": KEY}
            )
            answer = line.getresponse()
            status = f"{answer.status} {json.loads(answer.read()).get('status', '')}".strip()
        except (OSError, http.client.HTTPException):
            status = "no answer"
        with lock:
            statuses[status] += 1

    threads = [threading.Thread(target=book, args=(number,)) for number in range(WANT)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def main() -> None:
    """Print who had the seat."""
    state, rows = prepared(), []
    for kind in ("SQLite", "PostgreSQL"):
        for workers in (1, 2):
            with database(kind) as address:
                where = offered(address, state)
                process = start(address, workers, state)
                statuses = wanted(where)
                stop(process)
                store = Store(address)
                with store.reading() as tx:
                    held = len(matches_on(tx, [load.DAY]))
                    kept = tx.scalar(select(func.count()).select_from(requests)) or 0
                store.close()
            told = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
            rows.append([kind, str(workers), told, str(held), str(kept)])
            print(rows[-1], file=sys.stderr, flush=True)
    print(table(["database", "workers", "answers", "seats held", "requests kept"], rows), flush=True)


if __name__ == "__main__":
    main()
