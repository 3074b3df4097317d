"""Every rule of the site, asked by each role for odd values: no fault of the server, and no word of them in a log."""

import inspect
import io
import json
import logging
import random
import re
import sys
from urllib.parse import urlencode

import pytest

from desks.rides.example import load_example
from desks.settings import Settings, default_territory
from desks.telephone.inbound import signature_of
from mobility.accounts import ADMINISTRATOR, AGENT, PLANNER
from tests.conftest import NOW
from tests.webapp.test_accounts import HERE, account, signed_in
from webapp.app import create_app
from webapp.server.observing import JsonLines
from webapp.words.rides import example_alias

CALLS = 5000
"""In a run, on both databases together."""
MARK = "Zqxj"
"""Begins what is sent; it may stand in no log."""
BARE = [
    "", "²", "-1", "0", "1", "3", "99999999999", "9" * 19, "9" * 400, "9" * 5000, "NaN", "Infinity", "-inf", "1e999",
    "0001-01-01", "9999-12-31", "2026-02-30", "2026-12-09", "24:00", "10:00", "25:61", "//[", "http://[", "//[::1",
    "\0", "\ud800", "\x1b[31m", "é", "1.44,44.45", "nan,nan", "999,999", "on", "46095", "Lherm", "+33", "0639100001",
    "current", "propose", "null", "[]", "{}", "\u202e", "\U0001f68c", "%00", "..", "plan.json", "garder", "publier",
    "en-vigueur", "offre",
]  # fmt: skip
MARKED = [
    MARK, MARK + "\0", MARK + "\ud800", MARK + "e" * 100, MARK + "é" * 1000, f"{MARK}@example.org",
    f"<script>{MARK}</script>", f"' OR '{MARK}", f"{MARK}\r\nX-Odd: 1", f"//{MARK}[", f"http://[{MARK}",
]  # fmt: skip
ORIGINS = ["http://[", "null", "http://localhost:99999", "//[", "\u00e9", "http://localhost"]
HEADERS = (
    "Sec-Fetch-Site", "User-Agent", "Accept-Language", "If-None-Match", "Range", "If-Modified-Since", "Authorization",
)  # fmt: skip
WORDS = re.compile(r"""(?:get|getlist|pop)\(\s*f?"([\w-]{1,30})"|(?:form|args|values|body|told)\[f?"([\w-]{1,30})"\]""")
"""Names of values as pages ask for them."""


def odd(chance):
    return chance.choice(MARKED if chance.random() < 0.5 else BARE)


def fields(app, rule):
    """The names by which a page asks for values, read where it is written."""
    module = sys.modules[inspect.unwrap(app.view_functions[rule.endpoint]).__module__]
    try:
        source = inspect.getsource(module)
    except OSError:
        return ["q"]
    return sorted({name for found in WORDS.findall(source) for name in found if name}) or ["q"]


def document(chance, names, depth=0):
    """A document as programs send them, odd somewhere."""

    def value():
        if chance.random() < 0.2 and depth < 2:
            return document(chance, names, depth + 1)
        other = [float("nan"), float("inf"), 10**30, -1, None, True, [odd(chance)], 2**31, 1.5]
        return chance.choice([odd(chance), *other])

    return {name: value() for name in chance.sample(names, min(len(names), 4))}


def asked(chance, app, rule, method, secret):
    """One call: its address and what is sent with it."""
    names = fields(app, rule)
    whole = {name for name, kind in rule._converters.items() if type(kind).__name__ == "IntegerConverter"}
    parts = {}
    for name in rule.arguments:
        text = odd(chance).replace("\ud800", "") or "x"
        parts[name] = chance.choice([7, 0, 2**31, 2**63, 10**30]) if name in whole else text
    where = rule.build(parts)[1]
    told = {name: odd(chance) for name in chance.sample(names, min(len(names), chance.choice([1, 2, 4, 9])))}
    headers = dict(HERE)
    if chance.random() < 0.1:
        headers["Origin"] = chance.choice(ORIGINS)
    for name in HEADERS:
        if chance.random() < 0.03:
            headers[name] = re.sub(r"[^\x20-\x7e\xa0-\xff]", "", odd(chance))
    if method == "GET" or chance.random() < 0.1:
        return where, {"query_string": urlencode(told, errors="surrogatepass"), "headers": headers}
    if rule.endpoint.startswith(("standard", "telephone_calls")) or chance.random() < 0.05:
        body, stamp = json.dumps(document(chance, names)).encode(), str(int(NOW.timestamp()))
        headers |= {"X-Timestamp": stamp, "X-Signature": signature_of(secret, stamp, body), "X-API-Key": secret}
        return where, {"data": body, "content_type": "application/json", "headers": headers}
    if chance.random() < 0.15:
        told = {name: value.replace("\ud800", "") for name, value in told.items()}
        file = io.BytesIO(odd(chance).encode("utf-8", "replace"))
        told[chance.choice(names)] = (file, odd(chance).replace("\ud800", "") or "x")
        return where, {"data": told, "content_type": "multipart/form-data", "headers": headers}
    typed = urlencode(told, errors="surrogatepass")
    return where, {"data": typed, "content_type": "application/x-www-form-urlencoded", "headers": headers}


@pytest.fixture
def log():
    """What the program writes, as it writes it."""
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    handler.setFormatter(JsonLines())
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield kept
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.prove
def test_no_rule_breaks_whoever_asks_it_for_whatever(state, database, log, monkeypatch):
    secret = "un secret de trente-deux signes au moins"
    made = Settings(
        default_territory(), state, database=database, inbound_secret=secret, partner_keys=f"autre={secret}"
    )
    app = create_app(made, clock=lambda: NOW)
    wired = app.extensions["wired"]
    # Long work is queued and never begun: what is asked of it is what is tried.
    monkeypatch.setattr(wired.jobs, "_queue", lambda *_: None)
    house = wired.house()
    load_example(house.rides, example_alias, now=NOW, who="test")
    roles = {(): app.test_client()}
    for role in ((PLANNER,), (AGENT,), (ADMINISTRATOR,), (PLANNER, AGENT, ADMINISTRATOR)):
        roles[role] = signed_in(app, account(app, *role))
    roles[("agent of one structure",)] = signed_in(app, account(app, AGENT, mail="une@example.org", structure="Maison"))
    rules = [
        (rule, method) for rule in sorted(app.url_map.iter_rules(), key=str) if rule.endpoint != "static"
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]  # fmt: skip
    faults, chance, met, asked_as = [], random.Random(2026), {}, set()
    for number in range(CALLS // 2):
        rule, method = rules[number % len(rules)]
        role = list(roles)[number // len(rules) % len(roles)]
        asked_as.add((rule.rule, method, role))
        if number % len(rules) == 0:
            # What was sent before ended nobody's session: each is who they are taken for.
            assert all(("Compte " in one.get("/reglages").text) == bool(who) for who, one in roles.items())
        where, told = asked(chance, app, rule, method, secret)
        answer = roles[role].open(where, method=method, **told)
        met.setdefault(answer.status_code // 100, set()).add(rule.endpoint)
        if answer.status_code >= 500:
            faults.append((answer.status_code, role, method, rule.rule, where, told))
        if rule.endpoint in {"sign_in.sign_out", "sign_in.choose"} and role:
            roles[role] = signed_in(
                app, {("agent of one structure",): "une@example.org"}.get(role, f"{'-'.join(role)}@example.org")
            )
    wired.jobs.close()
    house.store.close()
    assert faults == []
    written = log.getvalue().splitlines()
    assert len(written) >= CALLS // 2
    assert [line for line in written if MARK.lower() in line.lower()] == []
    assert len(asked_as) == len(rules) * len(roles)
    # Every rule answered, and half of them let something through: not all was refused at the door.
    endpoints = {rule.endpoint for rule, _ in rules}
    assert set.union(*met.values()) == endpoints
    assert len(met[2] | met[3]) > len(endpoints) / 2
