"""The tables of the rides' store. Places are JSON documents {id, name, lon, lat}; instants are UTC."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from data.register import (
    ACTOR,
    ADDRESS,
    AGES,
    AGES_OVER,
    AGES_TRACE,
    AS_FIGURE,
    FOR_WORK,
    HOLDS_BACK,
    ID,
    LINK,
    MAIL,
    NAME,
    PLACE,
    PLAIN,
    SECRET,
    SENSITIVE,
    TAKES,
    TELEPHONE,
    WHEN,
    WITH_ACCOUNT,
    WITH_PERSON,
    WITH_RECORD,
    WORDS,
    leads_to,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s",
    }
)  # fmt: skip

persons = Table(
    "persons", metadata,
    Column("id", String(32), primary_key=True, info=ID),
    Column("kind", String(16), nullable=False, info=PLAIN),
    Column("alias", String(120), nullable=False, info=NAME | WITH_PERSON),
    Column("commune", String(5), nullable=False, default="", info=PLACE | WITH_PERSON),
    Column("example", Boolean, nullable=False, default=False, info=PLAIN),
    Column("wishes", JSON, nullable=False, default=list, server_default="[]", info=SENSITIVE | WITH_PERSON),
    Column("structure", String(80), nullable=False, default="", server_default="", info=PLAIN),
    Column("created", DateTime(timezone=True), nullable=False, info=WHEN | WITH_PERSON),
    Column("seen", DateTime(timezone=True), nullable=False, info=WHEN | WITH_PERSON | AGES),
)  # fmt: skip

contacts = Table(
    "contacts", metadata,
    Column("person", String(32), ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True, info=LINK),
    Column("name", String(200), nullable=False, default="", info=NAME | WITH_PERSON),
    Column("telephone", String(40), nullable=False, default="", index=True, info=TELEPHONE | WITH_PERSON),
    Column("mail", String(200), nullable=False, default="", info=MAIL | WITH_PERSON),
    Column("address", String(300), nullable=False, default="", info=ADDRESS | WITH_PERSON),
)  # fmt: skip

person_names = Table(
    "person_names", metadata,
    Column("person", String(32), ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True, info=LINK),
    Column("word", String(60), primary_key=True, index=True, info=NAME | WITH_PERSON),
    Column("sound", String(60), nullable=False, index=True, info=NAME | WITH_PERSON),
)  # fmt: skip
"""The words of what a person is called, without accents, and how each sounds: by these they are found."""

merges = Table(
    "merges", metadata,
    Column("id", String(32), primary_key=True, info=ID),
    Column("person", String(32), ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True, info=LINK),
    Column("gone", String(32), nullable=False, index=True, info=ID),
    Column("name", String(200), nullable=False, default="", info=NAME | WITH_PERSON),
    Column("moved", JSON, nullable=False, info=WORDS | WITH_PERSON),
    Column("by", String(120), nullable=False, default="", info=ACTOR | WITH_PERSON),
    Column("at", DateTime(timezone=True), nullable=False, info=WHEN | WITH_PERSON),
    Column("until", DateTime(timezone=True), nullable=False, info=PLAIN | AGES_OVER),
)  # fmt: skip
"""Doubles that became one: ``gone`` is whom ``person`` was known as besides, ``moved`` what undoes it, until then."""

former_ids = Table(
    "former_ids", metadata,
    Column("gone", String(32), primary_key=True, info=ID),
    Column("person", String(32), ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True, info=LINK),
    Column("at", DateTime(timezone=True), nullable=False, info=WHEN | WITH_PERSON | AGES_TRACE),
)  # fmt: skip
"""As whom a person was known before, for as long as a line of the journal says so: it cannot be written anew."""

list_lines = Table(
    "list_lines", metadata,
    Column("digest", String(64), primary_key=True, info=SECRET | WITH_PERSON),
    Column("person", String(32), ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True, info=LINK),
    Column("at", DateTime(timezone=True), nullable=False, info=WHEN | WITH_PERSON),
)  # fmt: skip
"""Whose the lines of lists became, and whom their names and numbers meant: of either a keyed hash alone is kept."""

consents = Table(
    "consents", metadata,
    Column("id", String(32), primary_key=True, info=ID),
    Column("person", String(32), ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True, info=LINK),
    Column("what", String(16), nullable=False, info=PLAIN),
    Column("whom", String(200), nullable=False, default="", info=PLAIN),
    Column("until", Date, info=WHEN | WITH_PERSON),
    Column("how", String(16), nullable=False, default="", info=PLAIN),
    Column("by", String(120), nullable=False, default="", info=ACTOR | WITH_PERSON),
    Column("given", DateTime(timezone=True), nullable=False, info=WHEN | WITH_PERSON),
    Column("withdrawn", DateTime(timezone=True), info=WHEN | WITH_PERSON),
)  # fmt: skip
"""What persons agreed to, ever: one that was taken back stays, with its hour."""

offers = Table(
    "offers", metadata,
    Column("id", String(32), primary_key=True, info=ID),
    Column(
        "driver", String(32), ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True,
        info=LINK | HOLDS_BACK,
    ),
    Column("kind", String(16), nullable=False, info=PLAIN),
    Column("origin", JSON, nullable=False, info=PLACE | WITH_PERSON),
    Column("destination", JSON, nullable=False, info=PLACE | WITH_PERSON),
    Column("opens", Integer, nullable=False, info=WHEN | WITH_PERSON),
    Column("closes", Integer, nullable=False, info=WHEN | WITH_PERSON),
    Column("weekdays", String(7), nullable=False, default="", info=WHEN | WITH_PERSON),
    Column("day", Date, info=WHEN | WITH_PERSON | AGES),
    Column("seats", Integer, nullable=False, info=PLAIN),
    Column("abilities", JSON, nullable=False, info=SENSITIVE | WITH_PERSON),
    Column("reach", Float, nullable=False, info=PLAIN),
    Column("detour", Float, nullable=False, info=PLAIN),
    Column("flexible", Float, nullable=False, info=PLAIN),
    Column("first", Date, info=WHEN | WITH_PERSON),
    Column("last", Date, info=WHEN | WITH_PERSON | AGES),
    Column("active", Boolean, nullable=False, default=True, info=PLAIN | AGES),
    Column("created", DateTime(timezone=True), nullable=False, info=PLAIN),
)  # fmt: skip

requests = Table(
    "requests", metadata,
    Column("id", String(32), primary_key=True, info=ID),
    Column(
        "rider", String(32), ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True,
        info=LINK | HOLDS_BACK,
    ),
    Column("day", Date, nullable=False, index=True, info=WHEN | WITH_PERSON | AGES),
    Column("origin", JSON, nullable=False, info=PLACE | WITH_PERSON),
    Column("destination", JSON, nullable=False, info=PLACE | WITH_PERSON),
    Column("arrive_by", Integer, info=WHEN | WITH_PERSON),
    Column("depart_after", Integer, info=WHEN | WITH_PERSON),
    Column("back_after", Integer, info=WHEN | WITH_PERSON),
    Column("companions", Integer, nullable=False, default=0, info=PLAIN),
    Column("by_telephone", Boolean, nullable=False, default=False, server_default=false(), info=PLAIN),
    Column("wishes", JSON, nullable=False, info=SENSITIVE | WITH_PERSON),
    Column("errand", String(32), nullable=False, info=SENSITIVE | WITH_PERSON),
    Column("criterion", String(32), nullable=False, default="", info=SENSITIVE | WITH_PERSON),
    Column("proof", String(300), nullable=False, default="", info=WORDS | WITH_PERSON),
    Column("agent", String(120), nullable=False, default="", info=ACTOR | WITH_PERSON),
    Column("series", String(32), nullable=False, default="", info=ID),
    Column("structure", String(80), nullable=False, default="", server_default="", info=PLAIN),
    Column("state", String(16), nullable=False, info=PLAIN),
    Column("created", DateTime(timezone=True), nullable=False, info=PLAIN),
)  # fmt: skip

driver_days = Table(
    "driver_days", metadata,
    Column("offer", String(32), ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True, info=LINK),
    Column("day", Date, primary_key=True, info=WHEN | WITH_RECORD),
    Column("version", Integer, nullable=False, default=0, info=PLAIN),
)  # fmt: skip
"""A lock on what an offer drives on a day: two changes made from one ``version`` cannot both land."""

matches = Table(
    "matches", metadata,
    Column("id", String(32), primary_key=True, info=ID),
    Column("request", String(32), ForeignKey("requests.id", ondelete="CASCADE"), nullable=False, index=True, info=LINK),
    Column("day", Date, nullable=False, index=True, info=WHEN | WITH_RECORD),
    Column("state", String(16), nullable=False, index=True, info=PLAIN),
    Column("created", DateTime(timezone=True), nullable=False, info=PLAIN),
    Column("expires", DateTime(timezone=True), nullable=False, info=PLAIN),
    Column("rider_answer", String(3), nullable=False, default="", info=PLAIN),
    Column("participation", Float, nullable=False, default=0.0, info=PLAIN),
    Column("reason", Text, nullable=False, default="", info=WORDS | WITH_RECORD),
    Column("reminded", Boolean, nullable=False, default=False, info=PLAIN),
    Column("live", Integer, info=PLAIN),
    UniqueConstraint("request", "live"),
)  # fmt: skip
"""Proposals. ``live`` is 1 while a match holds its seats, else NULL: a request has one live match at most."""

matched_rides = Table(
    "matched_rides", metadata,
    Column("match", String(32), ForeignKey("matches.id", ondelete="CASCADE"), primary_key=True, info=LINK | TAKES),
    Column("half", String(4), primary_key=True, info=PLAIN),
    Column("offer", String(32), ForeignKey("offers.id", ondelete="CASCADE"), nullable=False, info=LINK | HOLDS_BACK),
    Column("driver", String(32), ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True, info=LINK),
    Column("pickup", Integer, nullable=False, info=WHEN | WITH_RECORD),
    Column("dropoff", Integer, nullable=False, info=WHEN | WITH_RECORD),
    Column("metres", Float, nullable=False, info=PLAIN),
    Column("share", Float, nullable=False, info=PLAIN),
    Column("answer", String(3), nullable=False, default="", info=PLAIN),
)  # fmt: skip

links = Table(
    "links", metadata,
    Column("digest", String(64), primary_key=True, info=SECRET | WITH_PERSON),
    Column("match", String(32), ForeignKey("matches.id", ondelete="CASCADE"), nullable=False, index=True, info=LINK),
    Column("person", String(32), ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, info=LINK),
    Column("expires", DateTime(timezone=True), nullable=False, info=PLAIN | AGES_OVER),
)  # fmt: skip
"""Private links: only the hash of a secret is kept."""

refusals = Table(
    "refusals", metadata,
    Column("request", String(32), ForeignKey("requests.id", ondelete="CASCADE"), primary_key=True, info=LINK),
    Column("driver", String(32), ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True, info=LINK),
)  # fmt: skip


unmet = Table(
    "unmet", metadata,
    Column("id", String(32), primary_key=True, info=ID),
    Column("request", String(32), nullable=False, unique=True, info=leads_to("requests") | AS_FIGURE),
    Column("day", Date, nullable=False, index=True, info=WHEN | AS_FIGURE),
    Column("origin", String(5), nullable=False, default="", info=PLACE | AS_FIGURE),
    Column("destination", String(5), nullable=False, default="", info=PLACE | AS_FIGURE),
    Column("errand", String(32), nullable=False, info=SENSITIVE | AS_FIGURE),
    Column("people", Integer, nullable=False, default=1, info=PLAIN),
    Column("reason", String(40), nullable=False, info=SENSITIVE | AS_FIGURE),
    Column("change", JSON, nullable=False, info=SENSITIVE | AS_FIGURE),
    Column("created", DateTime(timezone=True), nullable=False, info=PLAIN),
    Column("structure", String(80), nullable=False, default="", server_default="", info=PLAIN),
    Column("told", Boolean, nullable=False, default=False, server_default=false(), info=PLAIN),
)  # fmt: skip
"""Needs that nobody could meet, by commune: no link to a person is needed to count them, and none is kept.

``reason`` and ``change`` may say which wish nobody could meet: a wheelchair taken along. ``told`` says that whoever
asked knows that nobody can."""

nicknames = Table(
    "nicknames", metadata,
    Column("folded", String(120), primary_key=True, info=NAME | FOR_WORK),
    Column("name", String(120), nullable=False, info=NAME | FOR_WORK),
    Column("place", JSON, nullable=False, info=PLACE | FOR_WORK),
    Column("added_by", String(120), nullable=False, default="", info=ACTOR | WITH_ACCOUNT),
    Column("created", DateTime(timezone=True), nullable=False, info=PLAIN),
    Column("used", DateTime(timezone=True), info=PLAIN | AGES),
    Column("public", Boolean, nullable=False, default=False, server_default=false(), info=PLAIN),
)  # fmt: skip
"""What people call places, as agents type it: "chez la boulangère" names someone and says where they live.

It is the desk's alone, unless an agent said that everybody may look for it (``public``).
``used`` is the last day on which a place was found by it, to the day."""

partner_bookings = Table(
    "partner_bookings", metadata,
    Column("id", String(36), primary_key=True, info=ID),
    Column("operator", String(200), nullable=False, info=PLAIN),
    Column("request", String(32), nullable=False, default="", info=leads_to("requests")),
    Column("document", JSON, nullable=False, info=WORDS | WITH_RECORD),
    Column("status", String(32), nullable=False, info=PLAIN),
    Column("created", DateTime(timezone=True), nullable=False, info=PLAIN | AGES),
)  # fmt: skip
