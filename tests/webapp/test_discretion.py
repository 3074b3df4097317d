"""Logs: nothing of anyone, whoever writes the record, and whatever the register comes to know."""

import json
import logging

import pytest

from data.register import FOR_WORK, PERSONAL, goes, holds
from data.schema import all_tables
from webapp.server.discretion import HIDDEN, discreet
from webapp.server.observing import JsonLines


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sms to 06 39 98 00 01 refused", f"sms to {HIDDEN} refused"),
        ("no answer of +33639980001", f"no answer of {HIDDEN}"),
        ("no answer of +442079460958", f"no answer of {HIDDEN}"),
        ("no answer of +33 (0)6 39 10 00 01", f"no answer of {HIDDEN}"),
        ("no answer of 0033 (0)6 39 10 00 01.", f"no answer of {HIDDEN}."),
        ("GET /x?q=%2B33639100001 200", f"GET /x?q={HIDDEN} 200"),
        ("GET /x?q=06+39+10+00+01 200", f"GET /x?q={HIDDEN} 200"),
        ("tel:0639100001 from:0639100001", f"tel:{HIDDEN} from:{HIDDEN}"),
        ("sip:/06-39-10-00-01, 06.39.10.00.01", f"sip:/{HIDDEN}, {HIDDEN}"),
        ("tel:+33-6-39-10-00-01;ext=2", f"tel:{HIDDEN};ext=2"),
        ("mail to jeanne.dubois@example.org bounced", f"mail to {HIDDEN} bounced"),
        ("GET /t/aB3_defghijk-l 500", f"GET /t/{HIDDEN} 500"),
        ("Contact(name='Jeanne Dubois', telephone='x', mail=\"y\")",
         f"Contact(name={HIDDEN}, telephone={HIDDEN}, mail={HIDDEN})"),
        ('{"alias": "Passagère 1", "seats": 3}', f'{{"alias": {HIDDEN}, "seats": 3}}'),
        ("wishes: ['wheelchair', 'door-help'] kept", f"wishes: {HIDDEN} kept"),
        ("ratelimit 6 per 1 minute (203.0.113.7) exceeded", f"ratelimit 6 per 1 minute ({HIDDEN}) exceeded"),
        ("203.0.113.7:4711 and 2001:db8::1, [2001:db8:0:1:2:3:4:5]:80", f"{HIDDEN}:4711 and {HIDDEN}, [{HIDDEN}]:80"),
        ("no answer of 198.51.100.2: gone; ::ffff:203.0.113.7.", f"no answer of {HIDDEN}: gone; {HIDDEN}."),
        ("of 2001:db8::: gone, of 2001:db8::7: gone", f"of {HIDDEN}: gone, of {HIDDEN}: gone"),
        ("listening on 127.0.0.1:8000, [::1]:8000 and 0.0.0.0, Store::open, gtfs 13.0.1", None),
        ("request a1b2c3d4e5f60718 took 12.5 ms at 2026-11-30T09:00:00", None),
        ("feed 0565 of 3 files, version 20261130", None),
        ("[30/Nov/2026:09:00:00 +0100] kept 06-30 of 2026-06-30 12:00:00.123456 +02:00 and 2026/06/30/12/00/00", None),
        ("uuid 8f3a1c2d-0612-4345-8678-061234567890, x-0612345678, 1.0612345678 s, 01-02-2026 10:00:00", None),
        ("from 2026-12-01T07:05:00+01:00 to 20261201T070500Z in 46172, 46042 and 46044", None),
    ],
)  # fmt: skip
def test_what_is_personal_is_taken_out_and_the_rest_stays(text, told):
    assert discreet(text) == (text if told is None else told)


@pytest.mark.parametrize("kind", sorted(PERSONAL - {"when"} | {"secret"}))
def test_each_column_of_people_is_hidden_by_its_name(kind):
    columns = {
        column.name for table in all_tables() for column in table.columns
        if holds(column) == kind and goes(column) != FOR_WORK["goes"]
    }  # fmt: skip
    assert columns, f"nothing is '{kind}': the class is no more, or the register forgot it"
    assert [name for name in columns if "Jeanne" in discreet(f"kept {name}='Jeanne Dubois'")] == []


def test_a_trace_says_nothing_of_anyone():
    try:
        raise ValueError("telephone='0639980001' of jeanne@example.org")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "%s", ("name=Jeanne",), (type(error), error, None))
    line = json.loads(JsonLines().format(record))
    assert line["message"] == f"name={HIDDEN}"
    assert "ValueError" in line["trace"]
    assert not any(word in str(line) for word in ("0639980001", "jeanne@", "Jeanne"))
