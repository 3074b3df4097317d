"""The tables of the planner's workspace: scenarios, the calendars in force, and long work."""

from sqlalchemy import JSON, Column, DateTime, Float, Integer, String, Table, Text

from data.ride_schema import metadata

scenarios = Table(
    "scenarios", metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("territory", String(80), nullable=False),
    Column("author", String(120), nullable=False, default=""),
    Column("form", JSON, nullable=False),
    Column("plan", Text, nullable=False, default=""),
    Column("created", DateTime(timezone=True), nullable=False),
    Column("changed", DateTime(timezone=True), nullable=False),
)  # fmt: skip
"""``form`` is what the planner stated; ``plan`` the calendar found ("" while there is none)."""

calendars = Table(
    "publications", metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("territory", String(80), nullable=False, index=True),
    Column("name", String(120), nullable=False),
    Column("author", String(120), nullable=False, default=""),
    Column("plan", Text, nullable=False),
    Column("study", Text, nullable=False, default=""),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("until", DateTime(timezone=True)),
)  # fmt: skip
"""The history of the calendar in force: from when, and until when."""

jobs = Table(
    "jobs", metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("stage", String(40), nullable=False, default=""),
    Column("share", Float, nullable=False, default=0.0),
    Column("request", JSON, nullable=False),
    Column("result", Text, nullable=False, default=""),
    Column("error", JSON),
    Column("curve", JSON, nullable=False),
    Column("worker", String(64), nullable=False, default=""),
    Column("created", DateTime(timezone=True), nullable=False),
    Column("beat", DateTime(timezone=True), nullable=False),
)  # fmt: skip
"""Long work. ``request`` says all that is needed to begin it anew; ``beat`` is when its worker last gave a sign;
``curve`` the value and bound reached, as (seconds, value, bound)."""
