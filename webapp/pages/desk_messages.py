"""The desk's messages: those to be said by telephone, those that did not go, and why; what waits and what went."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from data.outbox import sms_sent
from desks.outbox.following import ACTS, expect_shown, follow, open_link
from desks.rides.answers import answer_message
from mobility.errors import MobilityError
from webapp.pages.desk import pages
from webapp.pages.form_values import number_within
from webapp.server.visitor import own_desk, who
from webapp.wiring import house, wired
from webapp.words import messages as words
from webapp.words.errors import french_error

ANSWERS = {"oui": True, "non": False}
"""What the person said to a proposal, as the forms name it."""
ACT_NAMES = {"dit": "said", "pas-joint": "not-reached", "reessayer": "again", "appeler": "call"}
"""What an agent may do, as the forms name it."""
MOST_PAGES = 1000
"""The last page that may be asked for: one behind the last is empty."""


@pages.get("/messages")
def messages() -> str:
    """Show the messages: their links only where nothing else carries them."""
    return _shown()


def _shown(trouble: str = "") -> str:
    here, desk = house(), own_desk()
    now = here.clock()
    local = not here.settings.carries_messages
    page = number_within(request.args.get("page"), 1, MOST_PAGES, otherwise=1)
    found = follow(desk.store, here.post.wording, links=local, now=now, who=who(), page=page, off=here.messages_off)
    with here.store.reading() as tx:
        today, month = sms_sent(tx, desk.today(now))
    cap = here.post.cap
    reached = bool((cap.per_day and today >= cap.per_day) or (cap.per_month and month >= cap.per_month))
    return render_template(
        "desk_messages.html", found=found, now=now, local=local, mw=words, zone=desk.zone, trouble=trouble, cap=cap,
        today=today, month=month, reached=reached, done=words.DONE.get(request.args.get("fait", "")),
    )  # fmt: skip


@pages.post("/messages")
def act_on_message() -> str | BaseResponse | tuple[str, int]:
    """Note that a message was said or nobody answered, send it again, have it said instead, or open its link."""
    act, message = request.form.get("acte", ""), request.form.get("message", "")
    try:
        expect_shown(own_desk().store, message, house().messages_off)
        if act == "ouvrir" and not house().settings.carries_messages:
            secret = open_link(own_desk().store, message, now=house().clock(), who=who())
            return redirect(url_for("rides.open_link", secret=secret), code=303)
        if act not in ACT_NAMES | ANSWERS:
            raise MobilityError("unknown-act", f"'{act}' is not known", field="acte", value=act)
        if act in ANSWERS:
            answer_message(own_desk(), message, yes=ANSWERS[act], now=house().clock(), who=who())
        else:
            ACTS[ACT_NAMES[act]](own_desk().store, message, now=house().clock(), who=who())
    except MobilityError as error:
        return _shown(french_error(error)), 404 if error.code in {"no-such-message", "no-such-link"} else 400
    if act == "reessayer" or act in ANSWERS:
        wired().bell.set()
    return redirect(url_for("desk.messages", fait=act), code=303)
