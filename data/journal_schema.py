"""The tables of the journal: one line an act, and for each structure the chain that its lines make."""

from sqlalchemy import Column, DateTime, Index, Integer, String, Table

from data.register import ACTOR, AGES_CHAIN, CHAINED, FOR_TRACE, IN_TIME, PLAIN, SENSITIVE, kept, leads_to
from data.ride_schema import metadata

journal = Table(
    "journal", metadata,
    Column("structure", String(80), primary_key=True, info=PLAIN),
    Column("number", Integer, primary_key=True, autoincrement=False, info=PLAIN),
    Column("at", DateTime(timezone=True), nullable=False, index=True, info=PLAIN | AGES_CHAIN),
    Column("who", String(120), nullable=False, index=True, info=ACTOR | FOR_TRACE),
    Column("act", String(40), nullable=False, info=PLAIN),
    Column("about", String(40), nullable=False, default="", info=leads_to("*")),
    Column("why", String(80), nullable=False, default="", info=SENSITIVE | IN_TIME),
    Column("seal", String(64), nullable=False, info=PLAIN),
)  # fmt: skip
"""``about`` is an identifier that names nobody, ``why`` a word or two of the program: nothing that anyone typed,
but some say that a wish was not met or changed."""
Index("ix_journal_about", journal.c.about)

journal_chains = Table(
    "journal_chains", metadata,
    Column("structure", String(80), primary_key=True, info=PLAIN),
    Column("forgotten", Integer, nullable=False, info=PLAIN),
    Column("anchor", String(64), nullable=False, info=PLAIN),
    Column("last", Integer, nullable=False, info=PLAIN),
    Column("head", String(64), nullable=False, info=PLAIN),
    Column("seal", String(64), nullable=False, info=PLAIN),
    info=CHAINED | kept("the anchor that proves the lines of a journal whose first ones were purged"),
)  # fmt: skip
"""``forgotten`` is the number of the last line that was purged, ``anchor`` its seal; ``last`` and ``head`` those of the
newest line."""
