"""Tagged PDF (PDF/UA-1) by Typst, from templates beside this file."""

import json
from collections.abc import Mapping
from pathlib import Path

import typst

from webapp.words.typography import bound_values

TEMPLATES = Path(__file__).parent
FONTS = Path(__file__).parent.parent / "static" / "vendor" / "fonts"


def typeset(template: str, values: Mapping[str, object], files: Mapping[str, bytes]) -> bytes:
    """Return the PDF of a template; it reads ``values`` as ``values.json`` and ``files`` by their names.

    A text that no font here shows whole (an emoji, another script) is printed all the same: tagged, without the seal.
    """
    content = {
        "main.typ": (TEMPLATES / template).read_bytes(),
        "values.json": json.dumps(bound_values(values), ensure_ascii=False).encode(),
        **files,
    }
    try:
        return _compiled(content, "ua-1")
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        # A sign that no font here shows, as people write them: a box on paper, and no seal of PDF/UA-1.
        return _compiled(content, "1.7")


def _compiled(content: Mapping[str, bytes], standard: str) -> bytes:
    fonts = [str(FONTS)] if FONTS.exists() else []
    # The stubs of the package do not know that a document may be several named files.
    pdf = typst.compile(  # type: ignore[call-overload]
        content, format="pdf", pdf_standards=standard, font_paths=fonts, ignore_system_fonts=True
    )
    if not isinstance(pdf, bytes):
        raise TypeError("one PDF was expected")
    return pdf
