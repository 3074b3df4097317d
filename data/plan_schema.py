"""The tables of workspaces: scenarios, calendars in force, dated events, notices, long work, lists to be taken in."""

from sqlalchemy import JSON, Column, Date, DateTime, Float, Integer, String, Table, Text

from data.register import (
    ACTOR,
    AGES,
    AGES_DAY,
    AGES_DONE,
    FOR_ALL,
    FOR_WORK,
    ID,
    IN_TIME,
    PLAIN,
    WITH_ACCOUNT,
    WORDS,
    kept,
)
from data.ride_schema import metadata

scenarios = Table(
    "scenarios", metadata,
    Column("id", String(32), primary_key=True, info=ID),
    Column("name", String(120), nullable=False, info=WORDS | FOR_WORK),
    Column("territory", String(80), nullable=False, info=PLAIN),
    Column("author", String(120), nullable=False, default="", info=ACTOR | WITH_ACCOUNT),
    Column("form", JSON, nullable=False, info=WORDS | FOR_WORK),
    Column("plan", Text, nullable=False, default="", info=WORDS | FOR_WORK),
    Column("created", DateTime(timezone=True), nullable=False, info=PLAIN),
    Column("changed", DateTime(timezone=True), nullable=False, info=PLAIN),
    info=FOR_ALL | kept("a planner's work, which planners delete on screen"),
)  # fmt: skip
"""``form`` is what the planner stated; ``plan`` the calendar found ("" while there is none), which repeats
the names of stops and closures as they were typed."""

calendars = Table(
    "calendars", metadata,
    Column("number", Integer, primary_key=True, autoincrement=True, info=PLAIN),
    Column("territory", String(80), nullable=False, index=True, info=PLAIN),
    Column("name", String(120), nullable=False, info=WORDS | FOR_WORK),
    Column("author", String(120), nullable=False, default="", info=ACTOR | WITH_ACCOUNT),
    Column("plan", Text, nullable=False, info=WORDS | FOR_WORK),
    Column("study", Text, nullable=False, default="", info=WORDS | FOR_WORK),
    Column("at", DateTime(timezone=True), nullable=False, info=PLAIN),
    Column("until", DateTime(timezone=True), info=PLAIN),
    info=FOR_ALL | kept("what was in force for everybody, and when, can be asked for at any time"),
)  # fmt: skip
"""The history of the calendar in force: from when, and until when."""

events = Table(
    "events", metadata,
    Column("uid", String(200), primary_key=True, info=PLAIN),
    Column("territory", String(80), nullable=False, index=True, info=PLAIN),
    Column("starts", DateTime(timezone=True), nullable=False, info=PLAIN),
    Column("ends", DateTime(timezone=True), nullable=False, info=PLAIN | AGES),
    Column("commune", String(5), nullable=False, info=PLAIN),
    Column("place", JSON, nullable=False, info=PLAIN),
    Column("spot", String(200), nullable=False, info=PLAIN),
    Column("moved_from", Date, info=PLAIN),
    Column("reason", String(200), nullable=False, info=WORDS | IN_TIME),
    Column("sequence", Integer, nullable=False, info=PLAIN),
    Column("status", String(16), nullable=False, info=PLAIN),
    Column("changed", DateTime(timezone=True), nullable=False, info=PLAIN),
    info=FOR_ALL,
)  # fmt: skip
"""The visits that agendas were told of, cancelled ones among them."""

notices = Table(
    "notices", metadata,
    Column("id", String(32), primary_key=True, info=ID),
    Column("territory", String(80), nullable=False, index=True, info=PLAIN),
    Column("gravity", String(16), nullable=False, info=PLAIN),
    Column("title", String(120), nullable=False, info=WORDS | IN_TIME),
    Column("text", String(600), nullable=False, info=WORDS | IN_TIME),
    Column("communes", JSON, nullable=False, info=PLAIN),
    Column("begins", DateTime(timezone=True), nullable=False, info=PLAIN),
    Column("ends", DateTime(timezone=True), info=PLAIN | AGES),
    Column("author", String(120), nullable=False, info=ACTOR | WITH_ACCOUNT),
    Column("created", DateTime(timezone=True), nullable=False, info=PLAIN),
    Column("feed", String(41), nullable=False, default="", server_default="", info=PLAIN),
    Column("line", Text, nullable=False, default="", server_default="", info=PLAIN),
    Column("line_name", Text, nullable=False, default="", server_default="", info=PLAIN),
    info=FOR_ALL,
)  # fmt: skip
"""What is written by hand for everybody to read; no communes mean all, no end until someone ends it. Where it is about
a line, ``feed`` and ``line`` are the feed and the identifier there; ``line_name`` outlives both."""

jobs = Table(
    "jobs", metadata,
    Column("id", String(32), primary_key=True, info=ID),
    Column("kind", String(24), nullable=False, info=PLAIN),
    Column("state", String(16), nullable=False, index=True, info=PLAIN),
    Column("stage", String(40), nullable=False, default="", info=PLAIN),
    Column("share", Float, nullable=False, default=0.0, info=PLAIN),
    Column("request", JSON, nullable=False, info=WORDS | FOR_WORK),
    Column("result", Text, nullable=False, default="", info=WORDS | FOR_WORK),
    Column("error", JSON, info=WORDS | FOR_WORK),
    Column("curve", JSON, nullable=False, info=PLAIN),
    Column("worker", String(64), nullable=False, default="", info=PLAIN),
    Column("created", DateTime(timezone=True), nullable=False, info=PLAIN | AGES_DONE),
    Column("beat", DateTime(timezone=True), nullable=False, info=PLAIN),
)  # fmt: skip
"""Long work. ``request`` says all that is needed to begin it anew; ``beat`` is when its worker last gave a sign;
``curve`` the value and bound reached, as (seconds, value, bound)."""

import_files = Table(
    "import_files", metadata,
    Column("id", String(32), primary_key=True, info=ID),
    Column("subject", String(32), nullable=False, info=PLAIN),
    Column("name", String(200), nullable=False, info=WORDS | IN_TIME),
    Column("content", Text, nullable=False, info=WORDS | IN_TIME),
    Column("sheet", String(200), nullable=False, info=WORDS | IN_TIME),
    Column("matching", JSON, nullable=False, info=WORDS | IN_TIME),
    Column("who", String(120), nullable=False, index=True, info=ACTOR | IN_TIME),
    Column("created", DateTime(timezone=True), nullable=False, info=PLAIN | AGES_DAY),
)  # fmt: skip
"""``content`` is the file itself (base 64), ``matching`` what was chosen on screen: {} until something is.
It holds the hours that are said once of all whom the file names."""

import_shapes = Table(
    "import_shapes", metadata,
    Column("shape", String(64), primary_key=True, info=ID),
    Column("structure", String(80), primary_key=True, info=PLAIN),
    Column("columns", JSON, nullable=False, info=PLAIN),
    Column("who", String(120), nullable=False, info=ACTOR | WITH_ACCOUNT),
    Column("created", DateTime(timezone=True), nullable=False, info=PLAIN | AGES),
)  # fmt: skip
"""``shape`` is a digest of a subject and the titles of a file's columns; ``columns`` tells which holds what, for those
who work for a structure ("" for all). Each file of the shape that is taken in writes it anew."""
