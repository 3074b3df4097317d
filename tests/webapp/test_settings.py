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
