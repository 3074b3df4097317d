"""Fit to run: health, figures, logs without anything personal, troubles that pass."""

import gzip
import json
import logging
import time
import traceback

import pytest
from itsdangerous import URLSafeSerializer
from sqlalchemy import event, insert, text

from data.people import add_person
from data.ride_schema import persons
from data.store import Store
from desks.jobs import Jobs, Work
from desks.outbox.carriers import SmsWebhook
from desks.outbox.sending import GIVE_UP, send_due
from mobility.errors import UnavailableError
from mobility.people import RIDER, Contact, Newcomer, Person
from tests.conftest import NOW
from tests.fixtures_rides import post_of
from tests.fixtures_site import UNSET
from webapp.server.observing import JsonLines
from webapp.server.workers import Workers

OUTSIDE = {"REMOTE_ADDR": "203.0.113.7"}
BROWSER = "8f3a1c2d061243458678061234567890"


def test_health_and_readiness(app, client, monkeypatch):
    assert client.get("/health").json == {"status": "ok"}
    assert client.get("/ready").json["status"] == "ready"
    assert client.get("/ready", environ_base=OUTSIDE).status_code == 200

    def lost(self):
        raise UnavailableError("database-trouble", "the database did not answer", reason="gone")

    monkeypatch.setattr(Store, "reading", lost)
    monkeypatch.setattr("webapp.pages.health.time.monotonic", lambda: 1e9)
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json["checks"]["database"] == "database-trouble"
    assert client.get("/health").status_code == 200


def test_a_probe_that_asks_often_is_no_load(client, monkeypatch):
    asked, hour = [], {"is": 1e9}
    monkeypatch.setattr("webapp.pages.health.time.monotonic", lambda: hour["is"])
    monkeypatch.setattr("webapp.pages.health.try_writing", asked.append)
    for _ in range(20):
        assert client.get("/ready").json["status"] == "ready"
    assert len(asked) == 1
    hour["is"] += 5
    client.get("/ready")
    assert len(asked) == 2


def test_figures_are_for_this_machine_alone(client):
    client.get("/aller")
    told = client.get("/metrics").get_data(as_text=True)
    assert 'mobility_requests_total{endpoint="ways.index",status="200"}' in told
    assert "mobility_request_seconds_bucket" in told
    assert client.get("/metrics", environ_base=OUTSIDE).status_code == 403


def _signed_browser(app):
    return URLSafeSerializer(app.secret_key, salt="known browser").dumps({"name": BROWSER, "words": {}})


def test_logs_hold_nothing_personal(client, caplog):
    # Whoever writes, a library too: all that the root is handed is written.
    with caplog.at_level(logging.INFO):
        own = {"Origin": "http://localhost"}
        client.set_cookie("browser", _signed_browser(client.application))
        for _ in range(7):
            client.post("/solidaire/demande", headers=own, environ_base=OUTSIDE)
            last = client.post("/mot-de-passe/oublie", headers=own, environ_base=OUTSIDE)
        assert last.status_code == 429
        logging.getLogger("some.library").warning("no answer for 203.0.113.7")
        client.get("/t/un-secret-bien-garde")
        client.get("/bureau/telephone?telephone=0639100002")
        client.post("/connexion", data={"mail": "chef@example.org", "mot-de-passe": "le mot de passe"})
        client.get("/mot-de-passe/un-autre-secret")
    lines = [JsonLines().format(record) for record in caplog.records]
    told = [json.loads(line) for line in lines]
    assert len(lines) >= 4
    for line in lines:
        for personal in (
            "secret-bien",
            "0639100002",
            "chef@",
            "le mot",
            "autre-secret",
            "127.0.0.1",
            "203.0.113",
            BROWSER,
        ):
            assert personal not in line
    assert "/t/<secret>" in [line.get("rule") for line in told]


def test_scripts_and_tiles_travel_small(client):
    plain = client.get("/static/site.css")
    small = client.get("/static/site.css", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) < len(plain.data) / 2
    assert small.headers["Vary"] == "Accept-Encoding"
    again = client.get("/static/site.css", headers={"Accept-Encoding": "gzip", "If-None-Match": small.headers["ETag"]})
    assert again.status_code == 304
    # A page is never compressed: it may hold a secret.
    assert "Content-Encoding" not in client.get("/connexion", headers={"Accept-Encoding": "gzip"}).headers
    assert client.get("/static/site.css", headers={"Range": "bytes=0-9"}).status_code == 206


def test_a_full_database_says_so_and_recovers(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'small.sqlite'}")
    full = {"is": True}

    @event.listens_for(store.engine, "checkout")
    def fill_up(connection, _record, _proxy):
        pages = connection.execute("PRAGMA page_count").fetchone()[0] if full["is"] else 1_000_000
        connection.execute(f"PRAGMA max_page_count = {pages}")

    def write(name):
        with store.writing() as tx:
            for number in range(200):
                person = Person(f"{name}{number}", RIDER, "x" * 100)
                add_person(tx, Newcomer(person, Contact()), now=NOW, by="test")

    with pytest.raises(UnavailableError, match="full") as trouble:
        write("a")
    assert trouble.value.code == "disk-full"
    full["is"] = False
    write("b")
    with store.reading() as tx:
        kept = {row[0][0] for row in tx.execute(text("SELECT id FROM persons"))}
    assert kept == {"b"}


def test_a_full_disk_is_told_on_the_page(app, client, monkeypatch):
    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("data.plan_store.PlanStore.save", full)
    answer = client.post("/dates", data={**UNSET, "policy": "iso-parity"})
    assert answer.status_code == 503
    assert "disque de la machine est plein" in answer.get_data(as_text=True)


def test_a_lost_database_comes_back(desk, people):
    people.person(RIDER, "Lherm")
    if desk.store.engine.dialect.name == "postgresql":
        with desk.store.reading() as tx:
            tx.execute(text("SELECT 1"))
        with desk.store.engine.connect() as other:
            other.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
    people.person(RIDER, "Bach")
    with desk.store.reading() as tx:
        assert tx.execute(text("SELECT count(*) FROM persons")).scalar() == 2


def test_a_hung_provider_holds_up_one_round_at_most(desk, people, monkeypatch):
    people.volunteer("Labastide-Marnhac")
    for hour in (9, 10, 11, 14, 15):
        request = people.asks("Lherm", "Cahors", hour)
        desk.propose_best(request.id, now=NOW, who="desk")
    tried = []

    def hang(self, identifier, contact, subject, text):
        tried.append(identifier)
        raise OSError("the SMS provider did not answer: ReadTimeout")

    monkeypatch.setattr(SmsWebhook, "send", hang)
    counts = send_due(desk.store, post_of(desk, SmsWebhook("http://127.0.0.1:9", "s")), now=NOW)
    assert len(tried) == GIVE_UP
    assert counts["queued"] == GIVE_UP


NAME, NUMBER, MAIL = PERSONAL = ("Madame Untel", "0639100002", "untel@example.org")


def key_taken_twice(tx):
    for _ in range(2):
        tx.execute(
            insert(persons).values(
                id=NUMBER, kind=RIDER, alias=NAME, commune="46044", example=False, created=NOW, seen=NOW
            )
        )  # fmt: skip


def row_with_a_hole(tx):
    tx.execute(insert(persons).values(id=NUMBER, alias=NAME, commune="46044"))


def word_that_is_no_number(tx):
    tx.execute(text("SELECT CAST(:word AS integer)"), {"word": MAIL})
    tx.execute(text("SELECT nothing FROM nowhere WHERE x = :word"), {"word": MAIL})


def object_that_no_column_takes(tx):
    tx.execute(insert(persons).values(id=NUMBER, created=NAME, seen=NOW))


@pytest.mark.parametrize(
    "fault", [key_taken_twice, row_with_a_hole, word_that_is_no_number, object_that_no_column_takes]
)
def test_errors_of_the_database_tell_no_values(desk, fault):
    with pytest.raises(Exception) as caught, desk.store.writing() as tx:  # noqa: PT011
        fault(tx)
    record = logging.LogRecord("any", logging.ERROR, "", 0, "trouble: %s", (caught.value,), None)
    record.exc_info = (caught.type, caught.value, caught.tb)
    # A formatter of any server, a terminal, and our own lines: all write the error and what it is chained to.
    written = [
        logging.Formatter().format(record), JsonLines().format(record), repr(caught.value),
        repr(caught.value.__cause__), "".join(traceback.format_exception(caught.value)),
    ]  # fmt: skip
    assert "SQL" in written[0], "what was asked of the database is still told"
    for line in written:
        assert not any(value in line for value in PERSONAL), line


def test_a_fault_of_a_page_or_of_a_job_writes_down_nobody(app, client, desk, caplog):
    def break_down(*_args, **_more):
        with desk.store.writing() as tx:
            key_taken_twice(tx)

    jobs = Jobs(lambda: desk.store, {"break": Work(break_down)}, lambda: NOW)
    with caplog.at_level(logging.INFO):
        for endpoint in list(app.view_functions):
            if endpoint.startswith("rides."):
                app.view_functions[endpoint] = break_down
        assert client.get("/t/un-secret-bien-garde").status_code == 500
        job = jobs.start("break")
        for _ in range(100):
            if jobs.find(job.id).state == "failed":
                break
            time.sleep(0.05)
    traces = [record for record in caplog.records if record.exc_info]
    assert len(traces) == 2, "the page's fault and the job's"
    for record in caplog.records:
        for line in (JsonLines().format(record), logging.Formatter().format(record)):
            assert not any(value in line for value in (*PERSONAL, "secret-bien")), line
    assert [r.told["rule"] for r in traces if hasattr(r, "told")] == ["/t/<secret>"]


@pytest.mark.parametrize(
    ("name", "words", "values"),
    [
        ("waitress", "Exception while serving /t/un-secret", ()),
        ("waitress", "Client disconnected while serving /t/un-secret?telephone=0639100002", ()),
        ("gunicorn.error", "Error handling request %s %s", ("GET", "/t/un-secret")),
        ("gunicorn.error", "Invalid request from ip=203.0.113.7: Invalid Method 'un-secret'", ()),
    ],
)
def test_servers_write_no_address_either(name, words, values):
    line = JsonLines().format(logging.LogRecord(name, logging.ERROR, "", 0, words, values, None))
    assert not any(value in line for value in ("un-secret", "0639100002", "203.0.113.7"))
    assert json.loads(line)["message"].endswith(" …")


def test_several_workers_write_the_same_lines_as_one(settings, capsys):
    workers = Workers(settings, lambda: None)
    log = workers.cfg.logger_class(workers.cfg)
    try:
        log.exception("Error handling request %s", "/t/un-secret")
    finally:
        for handler in list(log.error_log.handlers):
            log.error_log.removeHandler(handler)
    line = capsys.readouterr().err
    assert json.loads(line)["logger"] == "gunicorn.error"
    assert "un-secret" not in line
