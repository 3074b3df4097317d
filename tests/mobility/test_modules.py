"""Which subjects a territory leaves out."""

import pytest

from mobility.errors import MobilityError
from mobility.modules import MODULES, RIDES, parse_modules


def test_what_is_not_named_is_there():
    read = parse_modules({RIDES: False, "access": True}, "here")
    assert not read.has(RIDES)
    assert all(read.has(module) for module in MODULES if module != RIDES)
    assert read.has("")


@pytest.mark.parametrize(("told", "field"), [({"ride": False}, "here.ride"), ({"rides": 0}, "here.rides")])
def test_a_wrong_table_names_its_field(told, field):
    with pytest.raises(MobilityError) as raised:
        parse_modules(told, "here")
    assert raised.value.field == field
