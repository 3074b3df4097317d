"""An Atom feed (RFC 4287) of what was published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from xml.etree import ElementTree as ET

from webapp.words.typography import bound

NAMESPACE = "http://www.w3.org/2005/Atom"
MOST = 50


@dataclass(frozen=True)
class AtomEntry:
    """One thing published: its lasting address, what it is, when, where to read about it."""

    id: str
    title: str
    updated: datetime
    link: str
    summary: str


def atom_feed(title: str, address: str, path: str, entries: Sequence[AtomEntry], today: date) -> bytes:
    """Return the feed, the newest entries first; without any it is as old as the day."""
    shown = sorted(entries, key=lambda entry: entry.updated, reverse=True)[:MOST]
    root = ET.Element("feed", {"xmlns": NAMESPACE, "xml:lang": "fr"})
    newest = shown[0].updated if shown else datetime.combine(today, time(), UTC)
    ET.SubElement(root, "id").text = f"{address}{path}"
    ET.SubElement(root, "title").text = bound(title)
    ET.SubElement(root, "updated").text = _instant(newest)
    ET.SubElement(root, "link", {"rel": "self", "href": f"{address}{path}"})
    ET.SubElement(ET.SubElement(root, "author"), "name").text = title
    for entry in shown:
        element = ET.SubElement(root, "entry")
        ET.SubElement(element, "id").text = entry.id
        ET.SubElement(element, "title").text = bound(entry.title)
        ET.SubElement(element, "updated").text = _instant(entry.updated)
        ET.SubElement(element, "link", {"href": entry.link})
        ET.SubElement(element, "summary").text = bound(entry.summary)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root)


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds")
