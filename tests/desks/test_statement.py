"""What a planner states of the bus: the same rule and limits by the form and by a command."""

from dataclasses import replace

import pytest
from werkzeug.datastructures import MultiDict

from cli.options import stated_service as by_command
from desks.calendar.statement import MOST_BUSES, MOST_FLOOR, Stated, state_service
from desks.ground import open_ground
from mobility.errors import MobilityError
from mobility.places import Place, Point
from webapp.pages.planning_form import stated_service as by_form

SECOND_DEPOT = Place("puy", "Puy-l'Évêque", Point(1.137, 44.505))


@pytest.fixture
def ground(settings):
    """The embedded territory with a second bus, from a depot of its own."""
    opened = open_ground(settings)
    first = opened.service.buses[0]
    buses = (first, replace(first, id="west", depot=SECOND_DEPOT))
    return replace(opened, service=replace(opened.service, buses=buses))


def form(**fields) -> MultiDict:
    return MultiDict(fields)


def test_nothing_stated_keeps_each_bus_with_its_own_depot(ground):
    assert by_form(ground.service, form()).buses == ground.service.buses
    assert by_command(ground, {}).buses == ground.service.buses


def test_the_fleet_shown_by_the_form_and_sent_back_is_the_same_fleet(ground):
    first = ground.service.buses[0]
    sent = form(
        buses="2", crew_start="08:00", crew_end="18:30", lon=str(first.depot.point.lon), lat=str(first.depot.point.lat)
    )
    shown = replace(first, crew_start=8 * 3600, crew_end=18 * 3600 + 1800)
    service = replace(ground.service, buses=(shown, replace(shown, id="west", crew_end=17 * 3600, depot=SECOND_DEPOT)))
    assert by_form(service, sent).buses == service.buses


@pytest.mark.parametrize("count", [1, 2, 4])
def test_both_doors_give_the_same_number_of_buses(ground, count):
    fleets = by_form(ground.service, form(buses=str(count))).buses, by_command(ground, {"buses": count}).buses
    assert fleets[0] == fleets[1]
    assert len(fleets[0]) == count
    assert len({bus.id for bus in fleets[0]}) == count
    assert fleets[0][:2] == ground.service.buses[:count]
    assert all(bus.depot == ground.service.buses[0].depot for bus in fleets[0][2:])


def test_a_depot_that_is_stated_is_every_bus_s(ground):
    fleets = (
        by_form(ground.service, form(lon="1.5", lat="44.5")).buses, by_command(ground, {"depot": "1.5,44.5"}).buses
    )  # fmt: skip
    assert {bus.depot.point for fleet in fleets for bus in fleet} == {Point(1.5, 44.5)}


@pytest.mark.parametrize(
    ("field", "value", "fine"),
    [("buses", MOST_BUSES, True), ("buses", MOST_BUSES + 1, False), ("area_floor", MOST_FLOOR, True),
     ("area_floor", MOST_FLOOR + 1, False), ("max_visits", 10, True), ("max_visits", 11, False)],
)  # fmt: skip
def test_limits_are_the_same_by_both_doors(ground, field, value, fine):
    for state in (
        lambda: by_form(ground.service, form(**{field: str(value)})), lambda: by_command(ground, {field: value})
    ):  # fmt: skip
        if fine:
            state()
        else:
            with pytest.raises(MobilityError) as caught:
                state()
            assert (caught.value.code, caught.value.field) == ("bad-number", field)


def test_a_tolerance_of_zero_replaces_the_territory_s(ground):
    tolerant = replace(ground.service, tolerance=0.05)
    assert state_service(tolerant, Stated()).tolerance == 0.05
    assert by_command(replace(ground, service=tolerant), {"tolerance": 0.0}).tolerance == 0.0


def test_hours_that_cannot_be_are_a_clear_error(ground):
    with pytest.raises(MobilityError) as caught:
        by_form(ground.service, form(crew_start="19:00", crew_end="08:00"))
    assert caught.value.code == "bad-crew-hours"
