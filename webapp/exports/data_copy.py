"""The copy of what is kept about someone, to be read on paper."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from webapp.exports.typeset import typeset
from webapp.words.french import counted, day_words
from webapp.words.handed_over import Around, told_sections


def write_data_copy(document: Mapping[str, Any], around: Around, *, telephone: str, title: str, printed: date) -> bytes:
    """Return the copy (PDF/UA) in headings and plain words; ``document`` is the copy for machines."""
    sections = [
        {
            "title": section.title, "records": section.records,
            "left_out": f"{counted(section.left_out, 'autre ligne')} dans le fichier pour machine (JSON)."
            if section.left_out else "",
        }
        for section in told_sections(document, around)
    ]  # fmt: skip
    values = {
        "sections": sections, "telephone": telephone, "territory": title, "printed": day_words(printed, year=True),
    }  # fmt: skip
    return typeset("data_copy.typ", values, {})
