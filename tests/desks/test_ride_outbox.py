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

from data.outbox import messages_of, queue_message, sms_sent
from data.ride_records import requests_on
from data.ride_schema import metadata
from desks.outbox.carriers import Local, SmsWebhook, Smtp, carriers_of
from desks.outbox.sending import LEASE, TRIES, send_due
from desks.rides.example import load_example
from mobility.errors import MobilityError
from tests.conftest import NOW
from tests.fixtures_rides import TOMORROW, post_of
from tests.senders import Mail, Webhook, serving
from webapp.words.rides import example_alias


def queued(desk, people, text="Bonjour, à 9 h 15.", purpose="way"):
    person = people.person("rider", "Lherm")
    facts = {"text": text, "sender": "Léa", "partner": "Ailleurs"}
    with desk.store.writing() as tx:
        queue_message(tx, person, purpose, facts, now=NOW)


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
    ("said", "trouble"),
    [
        (b"relay denied", "refused"), (b"Relaying not permitted", "refused"),
        (b"5.7.1 <p1@example.org>: Relay access denied", "refused"), (b"5.1.8 unknown domain of the sender", "refused"),
        (b"5.4.1 Recipient address rejected: Access denied", "refused"), (b"SPF check failed", "refused"),
        (b"sorry, that domain isn't in my list of allowed rcpthosts", "refused"),
        (b"5.1.1 <p1@example.org>: User unknown in relay recipient table", "bad-address"),
        (b"<denied@relay.example>: no such user", "bad-address"), (b"5.2.1 mailbox disabled", "bad-address"),
    ],
)  # fmt: skip
def test_a_server_that_is_set_wrongly_makes_no_bad_address(desk, people, said, trouble):
    queued(desk, people)
    with serving(socketserver.ThreadingTCPServer, Mail, got=[], refuse=550, says={"refusal": said}) as server:
        mail = Smtp(f"smtp://127.0.0.1:{server.server_address[1]}", "mobilite@example.org")
        send_due(desk.store, post_of(desk, mail), now=NOW)
    assert states(desk) == [("failed" if trouble == "bad-address" else "queued", 1, f"{trouble} 550")]


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_post_that_becomes_a_question_is_not_sent(desk, people, status):
    queued(desk, people)
    with serving(ThreadingHTTPServer, Webhook, got=[], statuses=[status]) as server:
        provider = SmsWebhook(f"http://127.0.0.1:{server.server_port}/sms", "secret")
        assert send_due(desk.store, post_of(desk, provider), now=NOW)["queued"] == 1
    assert states(desk) == [("queued", 1, f"refused {status}")]


def test_a_post_is_sent_on_as_it_is_but_into_no_private_network(desk, people):
    queued(desk, people)
    with serving(ThreadingHTTPServer, Webhook, got=[], statuses=[307, 308, 202]) as server:
        provider = SmsWebhook(f"http://127.0.0.1:{server.server_port}/sms", "secret")
        assert send_due(desk.store, post_of(desk, provider), now=NOW)["sent"] == 1
        assert len(server.got) == 3
        assert len({body for _, body in server.got}) == 1
    queued(desk, people)
    with serving(ThreadingHTTPServer, Webhook, got=[], statuses=[]) as inner:
        leads = f"http://127.0.0.2:{inner.server_port}/"
        with serving(ThreadingHTTPServer, Webhook, got=[], statuses=[307], leads=leads) as server:
            provider = SmsWebhook(f"http://127.0.0.1:{server.server_port}/sms", "secret")
            assert send_due(desk.store, post_of(desk, provider), now=NOW)["queued"] == 1
        assert not inner.got
    assert ("queued", 1, "refused inner-address") in states(desk)


def test_a_post_that_is_sent_on_without_end_is_not_sent(desk, people):
    queued(desk, people)
    with serving(ThreadingHTTPServer, Webhook, got=[], statuses=[308] * 9) as server:
        provider = SmsWebhook(f"http://127.0.0.1:{server.server_port}/sms", "secret")
        assert send_due(desk.store, post_of(desk, provider), now=NOW)["queued"] == 1
        assert len(server.got) == 4


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

    class Counted(Local):
        def send(self, identifier, *said):
            sent.append(identifier)

    def go():
        barrier.wait()
        send_due(desk.store, post_of(desk, Counted()), now=NOW)

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


def several_rounds(desk, provider):
    """Send what is due as often as it may take, each time when the longest wait is over."""
    for number in range(2 * TRIES):
        send_due(desk.store, post_of(desk, provider), now=NOW + timedelta(hours=4 * number))


@pytest.mark.parametrize("answer", [b"421 4.3.2 shutting down", b"500", b"nonsense", b""])
def test_what_a_mail_server_says_at_the_end_changes_nothing_of_what_it_took(desk, people, answer):
    queued(desk, people)
    with serving(socketserver.ThreadingTCPServer, Mail, got=[], refuse=False, says={"quit": answer}) as server:
        several_rounds(desk, Smtp(f"smtp://127.0.0.1:{server.server_address[1]}", "mobilite@example.org"))
        assert "".join(server.got).count("Message-ID") == 1
    assert states(desk) == [("sent", 1, "")]


@pytest.mark.parametrize(
    ("says", "refuse", "trouble"),
    [
        ({"hello": b"421 too busy"}, False, "refused 421"),
        ({}, 421, "refused 421"),
        ({}, 451, "refused 451"),
        ({"end": b"451 come back later"}, False, "refused 451"),
        ({"end": b"554 spam", "quit": b""}, False, "refused 554"),
        ({"end": b"451 later", "quit": b"421 gone"}, False, "refused 451"),
        # After the last line it may be taken, whatever comes that is no refusal.
        ({"end": b""}, False, "perhaps SMTPServerDisconnected"),
        ({"end": b"nonsense"}, False, "perhaps SMTPDataError"),
    ],
)
def test_how_far_a_mail_came_decides_what_its_trouble_is(desk, people, says, refuse, trouble):
    queued(desk, people)
    with serving(socketserver.ThreadingTCPServer, Mail, got=[], refuse=refuse, says=says) as server:
        mail = Smtp(f"smtp://127.0.0.1:{server.server_address[1]}", "mobilite@example.org")
        send_due(desk.store, post_of(desk, mail), now=NOW)
    assert states(desk) == [("queued", 1, trouble)]


@pytest.mark.parametrize(("purpose", "state"), [("way", "failed"), ("partner", "to-call")])
def test_a_mail_that_is_perhaps_taken_goes_twice_at_most(desk, people, purpose, state):
    queued(desk, people, purpose=purpose)
    with serving(socketserver.ThreadingTCPServer, Mail, got=[], refuse=False, says={"end": b""}) as server:
        several_rounds(desk, Smtp(f"smtp://127.0.0.1:{server.server_address[1]}", "mobilite@example.org"))
        told = "".join(server.got)
    assert told.count("Message-ID") == 2
    assert states(desk) == [(state, 2, "uncertain")]


@pytest.mark.parametrize("status", [None, 500, 502, 504])
@pytest.mark.parametrize(("purpose", "state"), [("way", "failed"), ("partner", "to-call")])
def test_an_sms_that_is_perhaps_taken_goes_twice_at_most_and_is_paid(desk, people, status, purpose, state):
    queued(desk, people, purpose=purpose)
    with serving(ThreadingHTTPServer, Webhook, got=[], statuses=[status] * 9) as server:
        several_rounds(desk, SmsWebhook(f"http://127.0.0.1:{server.server_port}/sms", "secret"))
        assert [len(server.got), len({headers["Idempotency-Key"] for headers, _ in server.got})] == [2, 1]
    assert states(desk) == [(state, 2, "uncertain")]
    with desk.store.reading() as tx:
        assert sms_sent(tx, NOW.date())[0] > 0


def test_a_provider_that_takes_and_stays_silent_has_perhaps_taken(desk, people, monkeypatch):
    monkeypatch.setattr("desks.outbox.carriers.TIMEOUT", 0.05)
    queued(desk, people)
    with socketserver.TCPServer(("127.0.0.1", 0), None) as silent:
        provider = SmsWebhook(f"http://127.0.0.1:{silent.server_address[1]}/sms", "secret")
        send_due(desk.store, post_of(desk, provider), now=NOW)
        assert states(desk) == [("queued", 1, "perhaps ReadTimeout")]
        send_due(desk.store, post_of(desk, provider), now=NOW + LEASE - timedelta(seconds=1))
        assert states(desk) == [("queued", 1, "perhaps ReadTimeout")]


def test_an_answer_that_breaks_off_after_its_status_is_one(desk, people):
    class Broken(Webhook):
        def end_headers(self):
            self.send_header("Content-Length", "99")
            super().end_headers()

    queued(desk, people)
    with serving(ThreadingHTTPServer, Broken, got=[], statuses=[]) as server:
        several_rounds(desk, SmsWebhook(f"http://127.0.0.1:{server.server_port}/sms", "secret"))
        assert len(server.got) == 1
    assert states(desk) == [("sent", 1, "")]


def test_what_is_perhaps_sent_goes_by_another_way_where_there_is_one(desk, people):
    queued(desk, people)
    with (
        serving(ThreadingHTTPServer, Webhook, got=[], statuses=[None]) as web,
        serving(socketserver.ThreadingTCPServer, Mail, got=[], refuse=False) as server,
    ):
        sms = SmsWebhook(f"http://127.0.0.1:{web.server_port}/sms", "secret")
        mail = Smtp(f"smtp://127.0.0.1:{server.server_address[1]}", "mobilite@example.org")
        assert send_due(desk.store, post_of(desk, sms, mail), now=NOW)["sent"] == 1
        assert (len(web.got), "".join(server.got).count("Message-ID")) == (1, 1)


def test_an_sms_that_never_left_is_not_paid(desk, people):
    queued(desk, people)
    send_due(desk.store, post_of(desk, SmsWebhook("http://127.0.0.1:9/sms", "s")), now=NOW)
    assert states(desk) == [("queued", 1, "no-answer ConnectionError")]
    with desk.store.reading() as tx:
        assert sms_sent(tx, NOW.date()) == (0, 0)
