"""Extracts that unpack to far more than they weigh are refused before they are read."""

import bz2
import gzip
import random
import zlib

import pytest

from mobility.errors import MobilityError
from routing import osm_bounds, osm_reader
from routing.osm_bounds import check_unpacked
from routing.osm_reader import read_osm
from routing.profiles import CAR
from tests.conftest import CASES

TOWN = CASES / "osm" / "town.osm"


def varint(number):
    written = b""
    while number > 127:
        written, number = written + bytes([number & 127 | 128]), number >> 7
    return written + bytes([number])


def field(number, content):
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def block(content, *, kind=b"OSMData", said=None):
    """A block of a .pbf, packed; ``said`` is how large it says it becomes."""
    blob = field(2, len(content) if said is None else said) + field(3, zlib.compress(content))
    header = field(1, kind) + field(3, len(blob))
    return len(header).to_bytes(4, "big") + header + blob


def head():
    return block(field(4, b"OsmSchema-V0.6") + field(4, b"DenseNodes"), kind=b"OSMHeader")


def dense(count, *, words=b"", tags=b""):
    """A block of so many points close together."""
    ones = b"\2" * count
    group = field(2, field(1, ones) + field(8, ones) + field(9, ones) + (field(10, tags * count) if tags else b""))
    return block(field(1, words) + field(2, group))


def bomb(folder, name):
    """A file of less than 100 kB that unpacks to millions of bytes of harmless words."""
    words = b"<osm version='0.6'>" + b"<!-- a road -->" * 130_000 + b"</osm>"
    path = folder / name
    if name.endswith(".pbf"):
        path.write_bytes(head() + block(field(17, b"\0" * 10_000_000)) * 2)
    else:
        path.write_bytes(gzip.compress(words) if name.endswith(".gz") else bz2.compress(words))
    assert path.stat().st_size < 100_000
    return path


@pytest.mark.parametrize("name", ["bomb.osm.gz", "bomb.osm.bz2", "bomb.osm.pbf"])
def test_a_bomb_is_counted_and_refused(tmp_path, name):
    path = bomb(tmp_path, name)
    with pytest.raises(ValueError, match="times its size"):
        check_unpacked(path)
    with pytest.raises(MobilityError) as caught:
        check_unpacked(path, 1_000_000)
    assert (caught.value.code, caught.value.field) == ("osm-too-large", name)


@pytest.mark.parametrize("bollards", [False, True])
def test_a_small_file_of_countless_points_is_refused(tmp_path, bollards):
    path = tmp_path / "points.osm.pbf"
    words = field(1, b"") + field(1, b"barrier") + field(1, b"bollard")
    path.write_bytes(head() + dense(500_000, words=words, tags=b"\1\2\0" if bollards else b"") * 2)
    assert path.stat().st_size < 20_000
    with pytest.raises(MobilityError, match=r"elements|times its size") as caught:
        read_osm(path, CAR)
    assert caught.value.code == "broken-osm"


def test_countless_elements_are_refused_however_badly_they_pack(tmp_path, monkeypatch):
    path = tmp_path / "elements.osm.pbf"
    for held in (field(2, field(3, b"") * 2500), field(1, field(1, b"") * 2500), field(2, b"") * 2500):
        monkeypatch.setattr(osm_bounds, "_SMALL", 100_000)
        monkeypatch.setattr(osm_bounds, "MOST_IN_BLOCK", 2000)
        path.write_bytes(head() + block(held + field(17, random.Random(1).randbytes(200_000))))
        with pytest.raises(ValueError, match="2000 elements"):
            check_unpacked(path)


def test_barriers_without_number_are_refused(monkeypatch):
    monkeypatch.setattr(osm_reader, "MOST_BARRIERS", 0)
    with pytest.raises(MobilityError) as caught:
        read_osm(TOWN, CAR)
    assert caught.value.code == "osm-too-large"


def test_real_extracts_are_far_from_every_bound(shared):
    for path in sorted((shared / "data" / "osm").iterdir()):
        check_unpacked(path)


def test_a_plain_file_weighs_what_it_weighs():
    check_unpacked(TOWN, TOWN.stat().st_size)
    with pytest.raises(MobilityError):
        check_unpacked(TOWN, TOWN.stat().st_size - 1)


def test_roads_of_more_points_than_the_machine_holds_are_refused(monkeypatch):
    monkeypatch.setattr(osm_reader, "MOST_POINTS", 10)
    with pytest.raises(MobilityError) as caught:
        read_osm(TOWN, CAR)
    assert caught.value.code == "osm-too-large"


LIES = {
    "says-less.osm.pbf": head() + block(b"\0" * 1_000_000, said=1000),
    "says-nothing.osm.pbf": head() + block(b"\0" * 1_000_000, said=0),
    "cut.osm.pbf": head()[:-3],
    "huge-header.osm.pbf": b"\x7f\xff\xff\xff" + head(),
    "huge-block.osm.pbf": b"\0\0\0\x0d" + field(1, b"OSMData") + b"\x18\xff\xff\xff",
    "cut.osm.gz": gzip.compress(TOWN.read_bytes())[:-20],
    "cut.osm.bz2": bz2.compress(TOWN.read_bytes())[:-20],
    "broken.osm.gz": gzip.compress(TOWN.read_bytes())[:40] + b"x" * 200,
    "entities.osm": b'<!DOCTYPE osm [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<osm version='0.6'><note>&b;</note></osm>",
}


@pytest.mark.parametrize("name", LIES)
def test_an_extract_that_lies_or_is_cut_is_told_as_broken(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(LIES[name])
    with pytest.raises(MobilityError) as caught:
        read_osm(path, CAR)
    assert (caught.value.code, caught.value.field) == ("broken-osm", name)
