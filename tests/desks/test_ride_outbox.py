"""Messages go out by real mail and web servers that behave, refuse, hang up, or are not there."""

import hashlib
import hmac
import json
import socketserver
import threading
from datetime import timedelta
from http.server import ThreadingHTTPServer

import pytest
from sqlalchemy import update

from data.outbox import messages_of, queue_message
from data.ride_records import requests_on
from data.ride_schema import metadata
from desks.outbox.carriers import Local, SmsWebhook, Smtp, carriers_of
from desks.outbox.sending import TRIES, send_due
from desks.rides.example import load_example
from mobility.errors import MobilityError
from tests.conftest import NOW
from tests.fixtures_rides import TOMORROW, post_of
from tests.senders import Mail, Webhook, serving
from webapp.words.rides import example_alias


def queued(desk, people, text="Bonjour, à 9 h 15."):
    person = people.person("rider", "Lherm")
    with desk.store.writing() as tx:
        queue_message(tx, person, "way", {"text": text}, now=NOW)


def states(desk):
    with desk.store.reading() as tx:
        return [(m.state, m.tries, m.trouble) for m in messages_of(tx)]


def test_sms_are_signed_and_sent_once(desk, people):
    queued(desk, people)
    with serving(ThreadingHTTPServer, Webhook, got=[], statuses=[]) as server:
        provider = SmsWebhook(f"http://127.0.0.1:{server.server_port}/sms", "secret")
        assert send_due(desk.store, post_of(desk, provider), now=NOW)["sent"] == 1
        assert send_due(desk.store, post_of(desk, provider), now=NOW)["sent"] == 0
        ((headers, body),) = server.got
    assert json.loads(body)["to"] == "0600000001"
    assert json.loads(body)["text"] == "Bonjour, à 9 h 15."
    assert headers["X-Signature"] == hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    assert headers["Idempotency-Key"] == json.loads(body)["id"]


def test_a_provider_that_refuses_is_tried_again_later_and_given_up_at_last(desk, people):
    queued(desk, people)
    with serving(ThreadingHTTPServer, Webhook, got=[], statuses=[503, 200]) as server:
        provider = SmsWebhook(f"http://127.0.0.1:{server.server_port}/sms", "secret")
        assert send_due(desk.store, post_of(desk, provider), now=NOW)["queued"] == 1
        assert states(desk) == [("queued", 1, "refused 503")]
        assert send_due(desk.store, post_of(desk, provider), now=NOW) == dict.fromkeys(
            ("sent", "shown", "queued", "to-call", "failed"), 0
        )
        assert send_due(desk.store, post_of(desk, provider), now=NOW + timedelta(minutes=2))["sent"] == 1
        ids = {json.loads(body)["id"] for _, body in server.got}
    assert len(ids) == 1
    queued(desk, people)
    gone = SmsWebhook("http://127.0.0.1:9/sms", "secret")
    now = NOW + timedelta(hours=1)
    for _ in range(TRIES):
        counts = send_due(desk.store, post_of(desk, gone), now=now)
        now += timedelta(days=1)
    assert counts["failed"] == 1


def test_mail_carries_french_and_falls_back_on_it(desk, people):
    queued(desk, people)
    with serving(socketserver.ThreadingTCPServer, Mail, got=[], refuse=False) as server:
        mail = Smtp(f"smtp://127.0.0.1:{server.server_address[1]}", "mobilite@example.org")
        dead = SmsWebhook("http://127.0.0.1:9/sms", "secret")
        assert send_due(desk.store, post_of(desk, dead, mail), now=NOW)["sent"] == 1
        text = "".join(server.got)
    assert "To: p1@example.org" in text
    assert "9 h 15" in text


@pytest.mark.parametrize(
    ("answer", "state", "trouble"),
    [(550, "failed", "bad-address 550"), (450, "queued", "refused 450"), (554, "queued", "refused 554")],
)
def test_a_mail_server_that_refuses_is_said(desk, people, answer, state, trouble):
    queued(desk, people)
    with serving(socketserver.ThreadingTCPServer, Mail, got=[], refuse=answer) as server:
        mail = Smtp(f"smtp://127.0.0.1:{server.server_address[1]}", "mobilite@example.org")
        assert send_due(desk.store, post_of(desk, mail), now=NOW)[state] == 1
    assert states(desk) == [(state, 1, trouble)]


@pytest.mark.parametrize(
    "mail",
    [
        "jean@",
        "jean@example.org\nBcc: all@example.org",
        "jean",
        "@",
        "é@example.org",
        "a" * 120,
        ",",
        "(x)",
        "a@[1",
        "a@b.fr, c@d.fr",
    ],
)
def test_a_bad_address_never_delays_another(desk, people, mail):
    for number in range(4):
        person = people.person("rider", "Lherm")
        with desk.store.writing() as tx:
            queue_message(tx, person, "way", {"text": f"Bonjour {number}"}, now=NOW + timedelta(seconds=number - 5))
            if number < 3:
                contacts = metadata.tables["contacts"]
                tx.execute(update(contacts).where(contacts.c.person == person).values(mail=mail))
    with serving(socketserver.ThreadingTCPServer, Mail, got=[], refuse=False) as server:
        provider = Smtp(f"smtp://127.0.0.1:{server.server_address[1]}", "mobilite@example.org")
        send_due(desk.store, post_of(desk, provider), now=NOW)
        text = "".join(server.got)
    assert "Bonjour 3" in text
    assert "Bcc" not in text


def test_what_nothing_carries_is_shown_and_not_said_to_be_sent(desk, people):
    queued(desk, people)
    assert send_due(desk.store, post_of(desk, Local()), now=NOW)["shown"] == 1
    assert states(desk)[0][0] == "shown"


def test_who_cannot_be_reached_is_told_at_once(desk, people):
    queued(desk, people)
    with desk.store.writing() as tx:
        tx.execute(update(metadata.tables["contacts"]).values(mail="", telephone=""))
    assert send_due(desk.store, post_of(desk, SmsWebhook("http://127.0.0.1:9/sms", "s")), now=NOW)["failed"] == 1
    assert states(desk)[0][2] == "no-way"


def test_two_senders_never_send_one_message_both(desk, people):
    for _ in range(10):
        queued(desk, people)
    sent, barrier = [], threading.Barrier(4)

    def go():
        barrier.wait()
        send_due(desk.store, post_of(desk, Local()), now=NOW, told=lambda message: sent.append(message.id))

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent) == len(set(sent)) == 10


def test_settings_choose_the_providers():
    assert carriers_of("", "", "", "") == [Local()]
    kinds = [type(p) for p in carriers_of("smtp://localhost", "a@example.org", "https://sms.example.org", "s")]
    assert kinds == [SmsWebhook, Smtp]
    with pytest.raises(MobilityError):
        carriers_of("", "", "https://sms.example.org", "")


def test_the_secret_of_a_link_is_kept_no_longer_than_it_takes_to_send_it(desk, people):
    people.volunteer("Labastide-Marnhac")
    desk.propose_best(people.asks("Lherm", "Cahors").id, now=NOW, who="desk")
    with serving(ThreadingHTTPServer, Webhook, got=[], statuses=[]) as server:
        send_due(
            desk.store,
            post_of(desk, SmsWebhook(f"http://127.0.0.1:{server.server_port}/sms", "secret")),
            now=NOW,
        )
        assert [b"/t/" in body and "/t/…".encode() not in body for _, body in server.got] == [True, True]
    with desk.store.reading() as tx:
        assert ["/t/…" in desk.messages.text(tx, message, NOW).text for message in messages_of(tx)] == [True, True]


def test_nothing_leaves_for_the_persons_of_the_example(desk):
    load_example(desk, example_alias, now=NOW, who="test")
    with desk.store.reading() as tx:
        waiting = [request.id for request in requests_on(tx, [TOMORROW])]
    assert any(desk.propose_best(request, now=NOW, who="desk") for request in waiting)
    with serving(ThreadingHTTPServer, Webhook, got=[], statuses=[]) as server:
        sent = send_due(
            desk.store,
            post_of(desk, SmsWebhook(f"http://127.0.0.1:{server.server_port}/sms", "secret")),
            now=NOW,
        )
        assert server.got == []
    assert sent["shown"] >= 2


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (("smtp://127.0.0.1:port", "", "", ""), "MOBILITY_SMTP"), (("smtp://[::1", "", "", ""), "MOBILITY_SMTP"),
        (("ftp://x", "", "", ""), "MOBILITY_SMTP"), (("smtp://x", "m@", "", ""), "MOBILITY_MAIL_FROM"),
        (("smtp://x", "mobilité@x.fr", "", ""), "MOBILITY_MAIL_FROM"),
        (("", "", "http://é..x/", "s"), "MOBILITY_SMS_WEBHOOK"), (("", "", "sms", "s"), "MOBILITY_SMS_WEBHOOK"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_told_at_the_start(given, field):
    with pytest.raises(MobilityError) as told:
        carriers_of(*given)
    assert told.value.field == field


def test_a_sender_may_have_a_name():
    (mail,) = carriers_of("smtp://localhost:2525", "Mobilité du Lot <mobilite@example.org>", "", "")
    assert isinstance(mail, Smtp)
