"""Who drives from where is told to nobody: what a stranger is answered is the same wherever a lone volunteer lives."""

import re
from functools import partial
from urllib.parse import parse_qsl

import pytest
from werkzeug.datastructures import MultiDict

from data.ride_records import add_offer, withdraw_offer
from mobility.rides import VOLUNTEER, RideOffer
from tests.conftest import NOW
from tests.fixtures_rides import HOUR, People
from webapp.pages.rides import stated_request

DAY = "2026-12-02"
QUESTIONS = (
    f"de=Lalbenque&vers=Cahors&jour={DAY}&sens=arriver&heure=10:00",
    f"de=Arcambal&vers=Cahors&jour={DAY}&sens=partir&heure=07:00",
    f"de=Catus&vers=Cahors&jour={DAY}&sens=arriver&heure=10:00&retour=11:30",
    f"de=Lauzès&vers=Lalbenque&jour={DAY}&sens=partir&heure=18:10",
    f"de=Bach&vers=Cahors&jour={DAY}&sens=arriver&heure=14:00&accompagnants=2&motif=health",
)
"""Asked at the edges of a half-day too, where the hour of a pick-up would tell the drive from home."""
BY_TRAIN = f"de=Bach&vers=Toulouse+Matabiau&jour={DAY}&sens=arriver&heure=12:00"


class Territory:
    """A site with one volunteer, who moves house between two questions."""

    def __init__(self, app, client):
        self.site, self.client = app.extensions["wired"].house(), client
        self.people = People(self.site.rides)
        self.driver = self.people.person("driver", "Cahors")

    def homes(self, every):
        return sorted(self.site.ground.territory.settlements_by_id.values(), key=lambda s: s.id)[::every]

    def living(self, home, ask, *, opens=7, closes=19, reach=200_000.0):
        """Return what is answered while the volunteer lives there."""
        offer = RideOffer(
            "",
            self.driver,
            VOLUNTEER,
            home.place,
            home.place,
            opens * HOUR,
            closes * HOUR,
            frozenset(range(1, 8)),
            reach=reach,
        )
        with self.site.rides.store.writing() as tx:
            made = add_offer(tx, offer, now=NOW)
        found = ask()
        with self.site.rides.store.writing() as tx:
            withdraw_offer(tx, made.id)
        return found

    def looks(self, question):
        """Return what the search has to tell."""
        # Places are those that whoever asks may know: a stranger asks.
        with self.client.application.test_request_context():
            asked = stated_request(self.site, MultiDict(parse_qsl(question)))
        return repr(self.site.rides.look(asked, commune=self.site.ground.communes.at(asked.origin.point), now=NOW))

    def page(self, door, question):
        """Return a page as text, without the key that each has of its own."""
        page = self.client.get(f"/{door}?{question}").get_data(as_text=True)
        return re.sub(r'name="cle" value="[^"]*"', "", page)


@pytest.fixture
def territory(app, client):
    return Territory(app, client)


LIVES = ({}, {"opens": 6, "closes": 20}, {"reach": 45_000.0}, {"reach": 20_000.0, "opens": 9, "closes": 12})


def told_of(territory, ask, questions, homes, lives):
    """Return all that is told to each question, whoever lives where, and where nobody drives."""
    told = {question: {ask(question)} for question in questions}
    for home in homes:
        for life in lives:
            answers = territory.living(home, lambda: [ask(question) for question in questions], **life)
            for question, answer in zip(questions, answers, strict=True):
                told[question].add(answer)
    return told


def test_many_questions_do_not_tell_where_a_lone_volunteer_lives(territory):
    """To each question there are two answers, that someone could drive or nobody: the rest is the asker's own."""
    told = told_of(territory, territory.looks, QUESTIONS[:3], territory.homes(36), LIVES)
    assert {len(answers) for answers in told.values()} == {2}


@pytest.mark.prove
def test_no_settlement_is_singled_out_by_any_question(territory):
    told = told_of(territory, territory.looks, QUESTIONS, territory.homes(1), LIVES)
    assert {len(answers) for answers in told.values()} == {2}


@pytest.mark.prove
@pytest.mark.parametrize("door", ["solidaire", "aller"])
def test_no_page_tells_more_than_that_someone_could_drive(territory, door):
    told = told_of(territory, partial(territory.page, door), QUESTIONS[1:3], territory.homes(24), LIVES[::3])
    assert {len(answers) for answers in told.values()} == {2}


@pytest.mark.prove
def test_a_way_by_train_does_not_tell_where_the_volunteer_lives_who_leads_to_it(territory):
    told = told_of(territory, partial(territory.page, "aller"), (BY_TRAIN,), territory.homes(24), LIVES[::3])
    assert {len(answers) for answers in told.values()} == {2}
