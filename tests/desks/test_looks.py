"""Whose names and numbers were seen stands in the journal: of whoever is opened, beside them, or in a list."""

from datetime import timedelta

from sqlalchemy import event

from data.journal import journal_of
from data.personal import export_person
from desks.people.finding import drivers
from desks.rides.request_file import list_seen, open_file, see_candidates
from tests.conftest import NOW

AGENT = "an agent"


def seen(desk, act="contact-seen"):
    with desk.store.reading() as tx:
        return sorted(line["about"] for line in journal_of(tx) if line["act"] == act)


def test_drivers_whose_numbers_are_shown_with_a_request_were_seen(desk, people):
    driver = people.volunteer("Labastide-Marnhac").driver
    request = people.asks("Lherm", "Cahors")
    desk.propose_best(request.id, now=NOW, who="desk")
    assert open_file(desk, request.id, now=NOW, who=AGENT).numbers == {driver: "0600000001"}
    assert seen(desk) == sorted([request.id, driver])
    assert seen(desk, "candidates-seen") == []


def test_drivers_who_could_drive_for_an_open_request_were_seen(desk, people):
    driver = people.volunteer("Labastide-Marnhac").driver
    request = people.asks("Lherm", "Cahors")
    file = open_file(desk, request.id, now=NOW, who=AGENT)
    assert (file.names[driver], file.aliases[driver], file.numbers) == ("Nom 1", "driver 1", {})
    assert seen(desk) == [request.id]
    assert seen(desk, "candidates-seen") == [driver]


def test_the_names_of_nobody_leave_no_line(desk, people):
    request = people.asks("Lherm", "Cahors")
    open_file(desk, request.id, now=NOW, who=AGENT)
    list_seen(desk, [], now=NOW, who=AGENT)
    assert see_candidates(desk, [], now=NOW, who=AGENT) == ({}, {})
    assert seen(desk, "candidates-seen") == seen(desk, "requests-seen") == []


def test_each_driver_of_the_list_was_seen_and_their_copy_tells_it(desk, people):
    both = sorted(people.volunteer(commune).driver for commune in ("Labastide-Marnhac", "Lherm"))
    assert sorted(person.id for person, _, _ in drivers(desk.store, now=NOW, who=AGENT)) == both
    assert seen(desk, "drivers-seen") == both
    with desk.store.reading() as tx:
        for driver in both:
            copied = export_person(tx, driver, desk.messages.text)["journal"]
            assert [line["who"] for line in copied if line["act"] == "drivers-seen"] == [AGENT]


def test_a_list_leaves_one_line_a_day_of_each_agent_about_each(desk, people):
    driver = people.volunteer("Labastide-Marnhac").driver
    for hours in (0, 1, 9, 15, 23):
        drivers(desk.store, now=NOW + timedelta(hours=hours), who=AGENT)
    drivers(desk.store, now=NOW, who="another")
    with desk.store.reading() as tx:
        lines = [line for line in journal_of(tx, [driver]) if line["act"] == "drivers-seen"]
    assert sorted((line["who"], line["at"].astimezone(NOW.tzinfo).day) for line in lines) == [
        (AGENT, 1), (AGENT, 30), ("another", 30),
    ]  # fmt: skip


def test_a_page_of_fifty_costs_no_more_statements_than_one_of_two(desk, people):
    riders = [people.person("rider", "Lherm", telephone=f"06391000{number:02d}") for number in range(50)]
    counts, told = [], []
    event.listen(desk.store.engine, "before_cursor_execute", lambda *said: told.append(said[2]))
    for shown, who in ((riders[:2], AGENT), (riders, "another")):
        told.clear()
        list_seen(desk, shown, now=NOW, who=who)
        counts.append(len(told))
    assert counts[1] <= counts[0]
    assert len(seen(desk, "requests-seen")) == 52
