"""Writes .ods: a zip whose first part says what it is, and one text of XML, a line of the table after the other.

A program's whole document model takes a hundred times as long for what a table needs: typed cells under a few formats.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import chain
from xml.sax.saxutils import escape, quoteattr

_MEDIA = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"'
    for name, urn in {
        "office": "office", "table": "table", "text": "text", "style": "style", "number": "datastyle",
        "fo": "xsl-fo-compatible",
    }.items()
)  # fmt: skip
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_MANIFEST = (
    f'{_XML}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    f'manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:version="1.3" '
    f'manifest:media-type="{_MEDIA}"/>'
    + "".join(
        f'<manifest:file-entry manifest:full-path="{part}" manifest:media-type="text/xml"/>'
        for part in ("content.xml", "styles.xml")
    )
    + "</manifest:manifest>"
)
_STYLES = f'{_XML}<office:document-styles {_NAMES} office:version="1.3"><office:styles/></office:document-styles>'
_DAY = (
    '<number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/>'
    '<number:text>/</number:text><number:year number:style="long"/>'
)
_HOUR = '<number:hours number:style="long"/><number:text>:</number:text><number:minutes number:style="long"/>'
_SHAPES = {
    "day": f'<number:date-style style:name="{{}}">{_DAY}</number:date-style>',
    "moment": f'<number:date-style style:name="{{}}">{_DAY}<number:text> </number:text>{_HOUR}</number:date-style>',
    "hour": f'<number:time-style style:name="{{}}">{_HOUR}</number:time-style>',
    "length": f'<number:time-style style:name="{{}}" number:truncate-on-overflow="false">{_HOUR}</number:time-style>',
}
_BEGIN = (
    f'{_XML}<office:document-content {_NAMES} office:version="1.3"><office:automatic-styles>'
    + "".join(
        f'{shape.format(f"as-{name}")}<style:style style:name="{name}" style:family="table-cell" '
        f'style:data-style-name="as-{name}"/>'
        for name, shape in _SHAPES.items()
    )
    + '<style:style style:name="title" style:family="table-cell"><style:text-properties fo:font-weight="bold"/>'
    "</style:style></office:automatic-styles><office:body><office:spreadsheet>"
)
_END = "</office:spreadsheet></office:body></office:document-content>"
_EMPTY = "<table:table-cell/>"
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Spaces that XML programs take for none: at the edges of a line, and each but the last of several.
_SPACE = re.compile("^ | (?= |$)", re.MULTILINE)
Value = str | float | bool | date | datetime | time | timedelta


def ods_of(tables: Iterable[tuple[str, Sequence[Sequence[Value]]]]) -> bytes:
    """Return tables, each a title and its lines of cells, as a file; the first line of each holds its columns' names.

    Signs that no XML may hold are left out.
    """
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        # Uncompressed and first: by this, programs know the file without unpacking it.
        packed.writestr("mimetype", _MEDIA, zipfile.ZIP_STORED)
        packed.writestr("META-INF/manifest.xml", _MANIFEST)
        packed.writestr("styles.xml", _STYLES)
        with packed.open("content.xml", "w") as content:
            for piece in chain([_BEGIN], chain.from_iterable(_table(*table) for table in tables), [_END]):
                content.write(piece.encode())
    return out.getvalue()


def _table(title: str, lines: Sequence[Sequence[Value]]) -> Iterator[str]:
    columns = max(1, *map(len, lines)) if lines else 1
    yield (
        f"<table:table table:name={quoteattr(title)}>"
        f'<table:table-column table:number-columns-repeated="{columns}"/>'
    )  # fmt: skip
    for number, line in enumerate(lines or [()]):
        cells = "".join(_text(cell, title=number == 0) if isinstance(cell, str) else _typed(cell) for cell in line)
        yield f"<table:table-row>{cells or _EMPTY}</table:table-row>"
    yield "</table:table>"


def _text(cell: str, *, title: bool) -> str:
    text = _NO_XML.sub("", cell)
    if not text:
        return _EMPTY
    spaced = _SPACE.sub("<text:s/>", escape(text, {"\r": "&#13;"})).replace("\t", "<text:tab/>")
    paragraphs = spaced.replace("\n", "</text:p><text:p>")
    style = ' table:style-name="title"' if title else ""
    return (
        f'<table:table-cell{style} office:value-type="string" office:string-value={quoteattr(text)}>'
        f"<text:p>{paragraphs}</text:p></table:table-cell>"
    )


def _typed(cell: float | date | time | timedelta) -> str:
    if isinstance(cell, bool):
        return _cell("boolean", f'office:boolean-value="{str(cell).lower()}"', "VRAI" if cell else "FAUX")
    if isinstance(cell, datetime):
        moment = cell.replace(tzinfo=None).isoformat()
        return _cell("date", f'office:date-value="{moment}"', f"{cell:%d/%m/%Y %H:%M}", "moment")
    if isinstance(cell, date):
        return _cell("date", f'office:date-value="{cell.isoformat()}"', f"{cell:%d/%m/%Y}", "day")
    if isinstance(cell, time):
        since = timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second)
        return _hours(since, "hour")
    if isinstance(cell, timedelta):
        return _hours(cell, "length")
    return _cell("float", f'office:value="{cell}"', str(cell).replace(".", ","))


def _hours(length: timedelta, style: str) -> str:
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    told = f"PT{hours:02}H{minutes:02}M{seconds:02}S"
    return _cell("time", f'office:time-value="{told}"', f"{hours:02}:{minutes:02}", style)


def _cell(kind: str, value: str, shown: str, style: str = "") -> str:
    shape = f' table:style-name="{style}"' if style else ""
    return f'<table:table-cell{shape} office:value-type="{kind}" {value}><text:p>{shown}</text:p></table:table-cell>'
