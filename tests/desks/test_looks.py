"""Whose names and numbers were seen stands in the journal: of the request or person opened, and of those beside it."""

from data.journal import journal_of
from desks.rides.request_file import open_file
from tests.conftest import NOW


def seen(desk):
    with desk.store.reading() as tx:
        return {act["about"] for act in journal_of(tx) if act["act"] == "contact-seen"}


def test_drivers_whose_numbers_are_shown_with_a_request_were_seen(desk, people):
    driver = people.volunteer("Labastide-Marnhac").driver
    request = people.asks("Lherm", "Cahors")
    desk.propose_best(request.id, now=NOW, who="desk")
    assert open_file(desk, request.id, now=NOW, who="an agent").numbers == {driver: "0600000001"}
    assert seen(desk) == {request.id, driver}
