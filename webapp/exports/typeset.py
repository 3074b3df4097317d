"""Tagged PDF (PDF/UA-1) by Typst, from templates beside this file."""

import json
from collections.abc import Mapping
from pathlib import Path

import typst

from webapp.words.typography import bound_values

TEMPLATES = Path(__file__).parent
FONTS = Path(__file__).parent.parent / "static" / "vendor" / "fonts"


def typeset(template: str, values: Mapping[str, object], files: Mapping[str, bytes]) -> bytes:
    """Return the PDF of a template; it reads ``values`` as ``values.json`` and ``files`` by their names."""
    content = {
        "main.typ": (TEMPLATES / template).read_bytes(),
        "values.json": json.dumps(bound_values(values), ensure_ascii=False).encode(),
        **files,
    }
    fonts = [str(FONTS)] if FONTS.exists() else []
    # The stubs of the package do not know that a document may be several named files.
    pdf = typst.compile(  # type: ignore[call-overload]
        content, format="pdf", pdf_standards="ua-1", font_paths=fonts, ignore_system_fonts=True
    )
    if not isinstance(pdf, bytes):
        raise TypeError("one PDF was expected")
    return pdf
