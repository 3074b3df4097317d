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
        ("mail to jeanne.dubois@example.org bounced", f"mail to {HIDDEN} bounced"),
        ("GET /t/aB3_defghijk-l 500", f"GET /t/{HIDDEN} 500"),
        ("Contact(name='Jeanne Dubois', telephone='x', mail=\"y\")",
         f"Contact(name={HIDDEN}, telephone={HIDDEN}, mail={HIDDEN})"),
        ('{"alias": "Passagère 1", "seats": 3}', f'{{"alias": {HIDDEN}, "seats": 3}}'),
        ("needs: ['wheelchair', 'door-help'] kept", f"needs: {HIDDEN} kept"),
        ("request a1b2c3d4e5f60718 took 12.5 ms at 2026-11-30T09:00:00", None),
        ("feed 0565 of 3 files, version 20261130", None),
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
