"""Feeds read whole, written back byte for byte, and refused with a sentence that says why."""

import io
import struct
import tracemalloc
import zipfile
import zlib
from datetime import date

import pytest

from gtfs import feed_files
from gtfs.feed_files import read_feed_files, zip_bytes
from gtfs.feed_tables import read_feed_tables
from gtfs.timetable import build_timetable
from mobility.errors import MobilityError
from tests.gtfs.small_feed import FILES
from tests.gtfs.small_feed import write_feed as write_small_feed

TUESDAY = date(2026, 6, 2)


def zipped(tmp_path, files, name="feed.zip"):
    path = tmp_path / name
    with zipfile.ZipFile(path, "w") as archive:
        for file, content in files.items():
            archive.writestr(file, content)
    return path


def refused(path):
    with pytest.raises(MobilityError) as caught:
        read_feed_tables(path)
    return caught.value


def test_unknown_files_survive_byte_for_byte(tmp_path):
    odd = {"booking_rules.txt": b"booking_rule_id,booking_type\r\nr1,2\r\n", "locations.geojson": b'{"a":\t1}',
           "notes \xe9.bin": bytes(range(256))}  # fmt: skip
    source = read_feed_files(zipped(tmp_path, FILES | odd))
    (tmp_path / "out.zip").write_bytes(zip_bytes(source.files))
    again = read_feed_files(tmp_path / "out.zip")
    assert odd.items() <= again.files.items()
    assert again.files == source.files


def test_the_same_content_is_the_same_zip(tmp_path):
    files = read_feed_files(zipped(tmp_path, FILES)).files
    assert zip_bytes(files) == zip_bytes(dict(files))


def test_a_feed_in_one_folder_of_the_zip_is_read(tmp_path):
    path = zipped(tmp_path, {f"export/{name}": content for name, content in FILES.items()})
    assert set(read_feed_files(path).files) == set(FILES)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "broken-feed"), (b"<html>404</html>", "broken-feed"), (zip_bytes({}), "empty-feed")],
    ids=["empty file", "web page", "empty zip"],
)
def test_what_is_no_feed_is_refused(tmp_path, content, code):
    path = tmp_path / "feed.zip"
    path.write_bytes(content)
    error = refused(path)
    assert (error.code, error.field) == (code, "feed.zip")


def test_a_zip_cut_in_half_is_refused(tmp_path):
    path = zipped(tmp_path, FILES)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert refused(path).code == "broken-feed"


def test_a_damaged_zip_is_refused(tmp_path):
    path = tmp_path / "feed.zip"
    content = bytearray(zip_bytes({name: text.encode() for name, text in FILES.items()}))
    content[200:260] = bytes(60)
    path.write_bytes(bytes(content))
    assert refused(path).code == "broken-feed"


@pytest.mark.parametrize(
    "name", ["../stops.txt", "/etc/stops.txt", "a/../../stops.txt", "..\\stops.txt", "C:/stops.txt"]
)
def test_a_zip_that_reaches_outside_of_itself_is_refused(tmp_path, name):
    error = refused(zipped(tmp_path, FILES | {name: "x"}))
    assert error.code == "unsafe-feed"
    assert error.details["value"] == name


LIMITS = {
    "all files": ({"LARGEST": 30_000}, {"a.txt": "0" * 20_000, "b.txt": "0" * 20_000}, "the feed unzips to more than"),
    "one file": ({"LARGEST_FILE": 10_000}, {"shapes.txt": "0" * 20_000}, "shapes.txt unzips to more than"),
    "its packing": ({"SMALL": 10_000}, {"shapes.txt": "0" * 20_000}, "shapes.txt unzips to more than 40 times its"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_zip_that_unzips_to_too_much_is_refused_before_it_is_read(tmp_path, monkeypatch, name):
    limits, more, told = LIMITS[name]
    for limit, value in limits.items():
        monkeypatch.setattr(feed_files, limit, value)
    with zipfile.ZipFile(tmp_path / "feed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in (FILES | more).items():
            archive.writestr(file, content)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("it was read"))
    error = refused(tmp_path / "feed.zip")
    assert error.code == "feed-too-large"
    assert told in str(error)


def test_a_folder_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(feed_files, "LARGEST_FILE", 10_000)
    error = refused(write_small_feed(tmp_path / "feed", trips_txt="0" * 20_000))
    assert (error.code, error.details["file"]) == ("feed-too-large", "trips.txt")


def test_a_feed_is_held_once_while_it_is_read(tmp_path):
    """Asked for all at once, a file of a zip was held twice, and more."""
    size = 19_000_000
    with zipfile.ZipFile(tmp_path / "feed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("shapes.txt", bytes(size))
    tracemalloc.start()
    files = read_feed_files(tmp_path / "feed.zip").files
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(files["shapes.txt"]) == size
    assert peak < 1.4 * size


def test_a_zip_that_lies_about_its_size_is_refused(tmp_path, monkeypatch):
    """The sizes that a zip declares are patched to almost nothing; its content still counts."""
    monkeypatch.setattr(feed_files, "LARGEST_FILE", 100_000)
    body = b"0" * 1_000_000
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("stops.txt", body)
    lying = buffer.getvalue().replace(struct.pack("<L", len(body)), struct.pack("<L", 10))
    assert zlib.crc32(body).to_bytes(4, "little") in lying
    path = tmp_path / "bomb.zip"
    path.write_bytes(lying)
    assert refused(path).code in {"feed-too-large", "broken-feed"}


def test_too_many_files_are_refused(tmp_path):
    assert refused(zipped(tmp_path, FILES | {f"f{n}.txt": "" for n in range(600)})).code == "feed-too-large"


CASES = {
    "missing file": ({"stops_txt": None}, "missing-feed-file", "stops.txt"),
    "no calendar": ({"calendar_txt": None, "calendar_dates_txt": None}, "missing-feed-file", "calendar.txt"),
    "missing column": ({"stop_times_txt": "trip_id,stop_id\nt1,north\n"}, "missing-column", "stop_times.txt"),
    "empty table": ({"trips_txt": ""}, "broken-csv", "trips.txt"),
}


@pytest.mark.parametrize(("changes", "code", "file"), CASES.values(), ids=CASES)
def test_a_feed_that_lacks_something_is_refused(tmp_path, changes, code, file):
    error = refused(write_small_feed(tmp_path / "feed", **changes))
    assert error.code == code
    assert error.field.endswith(file)


def test_a_wrong_encoding_names_file_and_line(tmp_path):
    folder = write_small_feed(tmp_path / "feed")
    (folder / "stops.txt").write_bytes(
        "stop_id,stop_name,stop_lat,stop_lon\na,Nord,44,1\nb,Le Château,44,1\n".encode("latin-1")
    )
    error = refused(folder)
    assert (error.code, error.details["line"]) == ("feed-not-utf8", 3)


BAD_VALUES = {
    "time": ("stop_times_txt", "08:00:00,08:00:00,north", "8h00,08:00:00,north", "bad-feed-time", 2),
    "minutes": ("stop_times_txt", "08:20:00,08:21:00", "08:70:00,08:21:00", "bad-feed-time", 3),
    "sequence": ("stop_times_txt", "middle,2,0,0", "middle,two,0,0", "bad-feed-number", 3),
    "stop": ("stop_times_txt", "08:40:00,south", "08:40:00,nowhere", "unknown-stop", 4),
    "latitude": ("stops_txt", "44.60,1.40", "north,1.40", "bad-feed-point", 2),
    "latitude range": ("stops_txt", "44.50,1.40", "144.50,1.40", "bad-feed-point", 3),
    "zone": ("agency_txt", "Europe/Paris", "Paris", "bad-time-zone", None),
}


@pytest.mark.parametrize(("file", "old", "new", "code", "line"), BAD_VALUES.values(), ids=BAD_VALUES)
def test_a_wrong_value_names_its_line(tmp_path, file, old, new, code, line):
    content = FILES[file.replace("_txt", ".txt")]
    assert old in content
    folder = write_small_feed(tmp_path / "feed", **{file: content.replace(old, new, 1)})
    with pytest.raises(MobilityError) as caught:
        build_timetable(read_feed_tables(folder), TUESDAY)
    assert caught.value.code == code
    assert caught.value.details.get("line") == line


def test_loops_in_time_are_left_out_and_told(tmp_path):
    times = FILES["stop_times.txt"].replace("08:40:00,08:40:00,south", "07:40:00,07:40:00,south")
    timetable = build_timetable(read_feed_tables(write_small_feed(tmp_path / "f", stop_times_txt=times)), TUESDAY)
    assert timetable.left_out == {"t1": "backwards"}
    assert "t1" not in timetable.trip_ids
    assert "t2" in timetable.trip_ids


def test_stops_at_zero_zero_are_not_walked_to(tmp_path):
    stops = FILES["stops.txt"].replace("44.50,1.40", "0,0").replace("44.5020,1.40", "0.0,0.001")
    timetable = build_timetable(
        read_feed_tables(write_small_feed(tmp_path / "f", stops_txt=stops, transfers_txt=None)), TUESDAY
    )
    middle = timetable.stop_index["middle"]
    assert timetable.points[middle] is None
    assert timetable.first_foot[middle + 1] - timetable.first_foot[middle] == 1


@pytest.mark.prove
def test_a_million_lines_are_read(tmp_path):
    trips = 50_000
    times = io.StringIO()
    times.write("trip_id,arrival_time,departure_time,stop_id,stop_sequence\n")
    stops = ["north", "middle", "south", "square", "village"] * 4
    for trip in range(trips):
        start = 6 * 3600 + trip % 3600
        for position, stop in enumerate(stops):
            clock = f"{(start + 60 * position) // 3600:02}:{(start // 60 + position) % 60:02}:{start % 60:02}"
            times.write(f"x{trip},{clock},{clock},{stop},{position}\n")
    rows = "".join(f"bus,never,x{trip}\n" for trip in range(trips))
    folder = write_small_feed(
        tmp_path / "f", stop_times_txt=times.getvalue(), trips_txt=f"route_id,service_id,trip_id\n{rows}",
        frequencies_txt=None,
    )  # fmt: skip
    timetable = build_timetable(read_feed_tables(folder), TUESDAY)
    assert len(timetable.trip_ids) == 0
    assert timetable.left_out == {}


HEADWAYS = ["s1,09:00:00,10:00:00,", "s1,09:00:00,10:00:00,0", "s1,,10:00:00,600", "s1,09:00:00,10:00:00,x"]


@pytest.mark.parametrize("row", HEADWAYS)
def test_a_headway_that_is_none_names_its_line(tmp_path, row):
    content = f"trip_id,start_time,end_time,headway_secs\n{row}\n"
    with pytest.raises(MobilityError) as caught:
        build_timetable(read_feed_tables(write_small_feed(tmp_path / "f", frequencies_txt=content)), TUESDAY)
    assert (caught.value.code, caught.value.details["line"]) == ("bad-feed-number", 2)


def test_a_line_with_a_value_too_many_is_still_read_in_its_columns(tmp_path):
    times = FILES["stop_times.txt"].replace(
        "t1,08:00:00,08:00:00,north,1,0,1", "t1,08:00:00,08:00:00,north,1,0,1,extra"
    )
    timetable = build_timetable(read_feed_tables(write_small_feed(tmp_path / "f", stop_times_txt=times)), TUESDAY)
    assert "t1" in timetable.trip_ids
