"""The needs that nobody met, and where one more driver would help the most."""

from datetime import timedelta
from typing import Any

from flask import Response, abort, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from data.ride_records import active_offers
from data.unmet_needs import unmet_between
from desks.house import House
from desks.rides.recruiting import Recruit
from desks.rides.request_file import see_candidates
from webapp.exports.driver_call import write_driver_call
from webapp.pages.desk import BATCH_DAYS, pages, work_over
from webapp.server.visitor import own_desk, own_job, who
from webapp.wiring import house, jobs
from webapp.words.french import SESSIONS, at_place, session_word, weekday_word

UNMET_DAYS = 60


def needs_found(here: House, asked: str) -> dict[str, Any]:
    """Return the needs that nobody met, and where a driver would help the most, if that was looked for."""
    first, last = here.today() - timedelta(days=UNMET_DAYS), here.today() + timedelta(days=UNMET_DAYS)
    with own_desk().store.reading() as tx:
        found = unmet_between(tx, first, last)
        offers = {offer.id: offer.driver for offer in active_offers(tx)}
    job = own_job(asked, "recruits")
    new, known = job.result if job and isinstance(job.result, tuple) else ([], [])
    told = {recruit.offer: offers[recruit.offer] for recruit in known if recruit.offer in offers}
    _, names = see_candidates(own_desk(), told.values(), now=here.clock(), who=who())
    drivers_of = {offer: names[driver] for offer, driver in told.items()}
    return {
        "unmet": found, "communes": here.ground.commune_names(), "new": new, "known": known, "job": job,
        "drivers_of": drivers_of, "recruit_words": recruit_words, "at_place": at_place,
    }  # fmt: skip


@pages.post("/besoins")
def look_for_drivers() -> BaseResponse:
    """Start the search for where a driver would help the most, over the coming fortnight."""
    here = house()
    days = [here.today() + timedelta(days=i) for i in range(1, BATCH_DAYS + 1)]
    job = jobs().start("recruits", work_over(days))
    return redirect(url_for("planner.job", job_id=job.id), code=303)


def recruit_words(recruit: Recruit) -> str:
    """Write a half-day: "le mardi matin"."""
    if recruit.session not in SESSIONS:
        return "aux mêmes heures, en allant 15\u00a0km plus loin"
    return f"le {weekday_word(recruit.weekday)} {session_word(recruit.session)}"


@pages.get("/appel/<insee>/<int:weekday>/<moment>.pdf")
def driver_call(insee: str, weekday: int, moment: str) -> Response:
    """Print the call for drivers of a village."""
    here = house()
    commune = here.ground.territory.by_insee.get(insee)
    if commune is None or not 1 <= weekday <= 7 or moment not in SESSIONS:
        abort(404)
    content = write_driver_call(
        commune, weekday, moment, public_url=here.settings.public_url,
        telephone=here.ground.telephone, title=here.ground.territory.title, printed=here.today(),
        euros=own_desk().rules.on(here.today()).euros_per_km,
    )  # fmt: skip
    return Response(content, content_type="application/pdf")
