"""Need: each factor alone, then together."""

import pytest

from mobility.errors import MobilityError
from mobility.need import PRESETS, NeedSettings, assess_need, intend, ramp
from mobility.places import Place, Point
from mobility.territory import Area, Commune, FixedService, Settlement, Territory
from tests.fakes import CrowFlyRoads, village


def territory(communes, services, poles=()):
    return Territory(
        id="t", title="T", communes=tuple(communes), areas=(Area("a", "A"),),
        settlements=tuple(Settlement(Place(c.insee, c.name, c.point), c.insee, c.population) for c in communes),
        services=tuple(services), former_names={}, poles=frozenset(poles), school_zone="C",
    )  # fmt: skip


def commune(number, east, population=100, **facts):
    place = village(number, east, 0)
    return Commune(place.id, place.name, "a", place.point, population, **facts)


COUNTER = FixedService(Place("c", "Counter", Point(1.44, 44.45)), "counter", "v0")


def values(found):
    return {need.settlement.id: need for need in found}


def test_need_fades_to_nothing_near_a_counter():
    settings = NeedSettings(near=8 * 60, far=20 * 60, vulnerability=0, transit=0)
    places = [commune(1, 5), commune(2, 14), commune(3, 30)]
    found = values(assess_need(territory(places, [COUNTER]), CrowFlyRoads(), settings))
    assert found["v1"].value == 0
    assert found["v2"].value == pytest.approx(50, abs=1)
    assert found["v3"].value == 100
    assert found["v3"].counter == "Counter"


def test_a_pole_has_no_need():
    found = assess_need(territory([commune(3, 30)], [COUNTER], poles=["v3"]), CrowFlyRoads(), NeedSettings())
    assert found[0].value == 0
    assert found[0].remoteness == 1


def test_vulnerability_is_one_on_average_and_bounded():
    facts = {"living_standard": 20_000.0, "unemployment": 0.1}
    places = [commune(1, 30, carless_share=0.05, **facts), commune(2, 40, carless_share=0.15, **facts)]
    found = values(assess_need(territory(places, [COUNTER]), CrowFlyRoads(), NeedSettings(transit=0)))
    assert (found["v1"].vulnerability + found["v2"].vulnerability) / 2 == pytest.approx(1)
    assert found["v1"].vulnerability == pytest.approx(0.5 * 0.5 + 0.5)
    extreme = [commune(1, 30, carless_share=0.001, **facts), commune(2, 40, carless_share=0.9, **facts)]
    found = values(assess_need(territory(extreme, [COUNTER]), CrowFlyRoads(), NeedSettings(transit=0)))
    assert found["v1"].vulnerability == pytest.approx(0.5 * 0.25 + 0.5)


def test_unpublished_figures_count_as_the_mean_and_are_marked():
    places = [commune(1, 30, carless_share=0.05, living_standard=2e4, unemployment=0.1), commune(2, 40)]
    found = values(assess_need(territory(places, [COUNTER]), CrowFlyRoads(), NeedSettings()))
    assert found["v2"].vulnerability == 1
    assert found["v2"].estimated
    assert not found["v1"].estimated


def test_reaching_a_counter_without_a_car_takes_some_need_off():
    places = [commune(1, 30), commune(2, 40), commune(3, 50)]
    settings = NeedSettings(vulnerability=0)
    days = {"v2": 5.0, "v3": 2.0}
    found = values(assess_need(territory(places, [COUNTER]), CrowFlyRoads(), settings, counter_days=days))
    assert found["v1"].transit == 1
    assert found["v2"].transit == pytest.approx(0.5)
    assert found["v3"].transit == pytest.approx(0.8)


def test_communes_may_count_alike():
    places = [commune(1, 30, population=50), commune(2, 40, population=150)]
    settings = NeedSettings(count="communes", vulnerability=0, transit=0)
    found = assess_need(territory(places, [COUNTER]), CrowFlyRoads(), settings)
    assert [need.value for need in found] == [100, 100]


def test_a_territory_without_any_counter_is_all_remote():
    found = assess_need(territory([commune(1, 3)], []), CrowFlyRoads(), NeedSettings(vulnerability=0, transit=0))
    assert found[0].value == 100


@pytest.mark.parametrize("wrong", [{"count": "dogs"}, {"near": 10, "far": 10}, {"vulnerability": 2}, {"transit": 2}])
def test_settings_are_checked(wrong):
    with pytest.raises(ValueError, match=r"must|shares"):
        NeedSettings(**wrong)


def test_an_intent_departs_from_its_preset():
    assert not intend("most-people").adjusted
    assert intend("most-people", near=60.0).settings.near == 60
    assert intend("most-people", near=60.0).adjusted
    with pytest.raises(MobilityError, match="near must be shorter"):
        intend(near=5000.0)
    with pytest.raises(MobilityError, match="no preset"):
        intend("nobody")


def test_ramp_and_presets():
    assert [ramp(v, 10, 20) for v in (0, 10, 15, 20, 99)] == [0, 0, 0.5, 1, 1]
    assert next(iter(PRESETS)) == "isolated-first"
