"""Faults of values that are read one by one, told together."""

import pytest

from mobility.errors import Faults, MobilityError, SeveralFaultsError


def wrong(name):
    raise MobilityError("bad-clock", "no time of day", field=name, value="x")


def _read_several():
    with Faults() as faults:
        assert faults.of(lambda: 3, 0) == 3
        assert faults.of(lambda: wrong("opens"), 0) == 0
        with Faults() as inner:
            inner.add(MobilityError("bad-date", "no date", field="day"))
            inner.of(lambda: wrong("closes"), 0)


def test_all_are_told_with_what_the_block_itself_refuses():
    with pytest.raises(SeveralFaultsError) as caught:
        _read_several()
    assert [error.field for error in caught.value.errors] == ["opens", "day", "closes"]
    assert (caught.value.code, caught.value.field, caught.value.details) == ("bad-clock", "opens", {"value": "x"})
    assert str(caught.value) == "opens: no time of day; day: no date; closes: no time of day"


def test_one_alone_is_itself():
    with pytest.raises(MobilityError) as caught, Faults() as faults:
        faults.of(lambda: wrong("opens"), 0)
    assert not isinstance(caught.value, SeveralFaultsError)
    assert caught.value.errors == (caught.value,)


def test_what_is_no_fault_of_whoever_asked_is_not_hidden():
    with pytest.raises(ZeroDivisionError), Faults() as faults:
        faults.of(lambda: wrong("opens"), 1 / 0)
