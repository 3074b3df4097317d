"""The words of names, by which persons are found; numbers are looked up by an index.

How a name is taken to words and sounds stands here as it was then: a later way comes with a migration of its own.
"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_BESIDE = frozenset({
    "m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "dr", "docteur", "veuve", "vve", "ep", "epouse",
    "nee", "de", "du", "des", "d", "la", "le", "les", "l", "von", "van", "et", "el", "al", "da", "dos",
})  # fmt: skip
_NASAL = "(?![aeiouynm])"
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ph", "f"), ("sch|sh|ch", "C"), ("gn", "N"), ("bv", "v"), ("h", ""), ("(?<=[gj])ea(?=[nu])", "a"),
        ("ge(?=o)", "j"), ("(?:e?aux?|e?aul[tdx]s?|e?au[tdsx]*|o[tdps]?)$", "o"), ("e?au", "o"), ("ou", "U"),
        ("oy|oi", "W"), ("gu(?=[eiy])", "G"), ("g(?=[eiy])", "j"), ("g", "G"), ("qu|q|ck|k", "K"),
        ("s?c(?=[eiy])", "s"), ("c", "K"), ("(?<=i)ll(?=[aeiouy])", "y"),
        (f"(?:ain|aim|ein|eim|in|im|yn|ym|un|um){_NASAL}", "I"), (f"(?:an|am|en|em){_NASAL}", "A"),
        (f"(?:on|om){_NASAL}", "O"), ("ai|ei|ay|ey|ae|oe", "e"), ("y", "i"), ("w", "v"), (r"(.)\1+", r"\1"),
        ("[sz]e[sz]?$", "Z"), ("te[sz]?$", "T"), ("de[sz]?$", "D"), ("(?<=.)(?:er|ez|et|ets|ers)$", "E"),
        ("(?<![AIO])pe?s?$", "P"), ("[zx]", "s"), ("(?<=..)[esdt]+$", ""), ("(?<=[AIO])[GKbp]$", ""), ("E$", ""),
        (r"(.)\1+", r"\1"),
    )
)  # fmt: skip


def upgrade() -> None:
    """Bring the tables forward."""
    names = op.create_table(
        "person_names",
        sa.Column("person", sa.String(32), sa.ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("word", sa.String(60), primary_key=True),
        sa.Column("sound", sa.String(60), nullable=False, index=True),
    )
    op.create_index("ix_person_names_word", "person_names", ["word"])
    op.create_index("ix_contacts_telephone", "contacts", ["telephone"])
    persons = sa.table("persons", sa.column("id"), sa.column("alias"))
    contacts = sa.table("contacts", sa.column("person"), sa.column("name"))
    query = sa.select(persons.c.id, persons.c.alias, contacts.c.name)
    for row in op.get_bind().execute(query.outerjoin(contacts, contacts.c.person == persons.c.id)).all():
        found = sorted({word[:60] for word in words_of(f"{row.name or ''} {row.alias}")})
        if found:
            op.bulk_insert(names, [{"person": row.id, "word": word, "sound": sound_of(word)} for word in found])


def folded(name: str) -> str:
    """Return a name without accents, case, hyphens or articles."""
    plain = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "Oe"))
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c)).lower()
    words = ["saint" if word == "st" else "sainte" if word == "ste" else word for word in letters.split()]
    return " ".join(word for word in words if word not in {"le", "la", "les", "l"})


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name that tell it from others; all of them where none does."""
    words = re.findall(r"[a-z0-9]+", folded(name))
    return tuple(word for word in words if word not in _BESIDE) or tuple(words)


def sound_of(word: str) -> str:
    """Return how a word without accents sounds in French, as a short code."""
    said = word
    for pattern, sound in _SOUNDS:
        said = pattern.sub(sound, said)
    return said or word


def downgrade() -> None:
    """Bring the tables back."""
    op.drop_index("ix_contacts_telephone", "contacts")
    op.drop_table("person_names")
