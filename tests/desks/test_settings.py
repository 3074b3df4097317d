"""Settings come from the environment, and wrong ones are named."""

from pathlib import Path

import pytest

from desks.settings import ROOT, read_settings
from mobility.errors import MobilityError


def test_defaults():
    settings = read_settings({})
    assert settings.territory == "cahors"
    assert settings.state == ROOT / "var"
    assert settings.public_url == "http://127.0.0.1:8000"


def test_variables():
    settings = read_settings({
        "MOBILITY_PORT": "9000", "MOBILITY_STATE": "/srv/bus", "MOBILITY_PUBLIC_URL": "https://bus.example/",
        "MOBILITY_ROADS": "lot.osm.pbf", "MOBILITY_HOST": "0.0.0.0", "MOBILITY_TERRITORY": "figeac",
    })  # fmt: skip
    assert settings.port == 9000
    assert settings.state == Path("/srv/bus")
    assert settings.public_url == "https://bus.example"
    assert (settings.roads, settings.host, settings.territory) == ("lot.osm.pbf", "0.0.0.0", "figeac")


def test_a_wrong_port_is_named():
    with pytest.raises(MobilityError, match="MOBILITY_PORT: 'many' is not a port"):
        read_settings({"MOBILITY_PORT": "many"})


def test_the_names_of_a_site():
    names = {"MOBILITY_PUBLIC_URL": "https://Bus.example:8443/x", "MOBILITY_HOSTS": "autre.example, 10.0.0.5"}
    settings = read_settings(names)
    assert settings.known_hosts == {"localhost", "127.0.0.1", "::1", "bus.example", "autre.example", "10.0.0.5"}
    assert read_settings({"MOBILITY_HOST": "192.168.1.9"}).known_hosts >= {"192.168.1.9", "localhost"}


@pytest.mark.parametrize(
    ("environment", "local"),
    [
        ({}, True), ({"MOBILITY_HOST": "::1"}, True), ({"MOBILITY_HOST": "0.0.0.0"}, False),
        ({"MOBILITY_PUBLIC_URL": "http://localhost:8000"}, False), ({"MOBILITY_PROXIES": "1"}, False),
        ({"MOBILITY_HOSTS": "autre.example"}, False),
    ],
)  # fmt: skip
def test_a_site_for_this_machine_alone(environment, local):
    assert read_settings(environment).is_local is local


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MOBILITY_HOSTS", "*"), ("MOBILITY_HOSTS", "https://bus.example"), ("MOBILITY_PUBLIC_URL", "bus.example"),
        ("MOBILITY_PUBLIC_URL", "https://"),
    ],
)  # fmt: skip
def test_a_wrong_host_is_named(name, value):
    with pytest.raises(MobilityError, match=f"{name}: '.*' does not name a host"):
        read_settings({name: value})
