"""A feed of one valley, written line by line: a train, a bus that meets it, a shuttle by headway, a night bus."""

from pathlib import Path

from gtfs.feed_files import FeedFiles, zip_bytes

FILES = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\na,Valley,http://valley.example,Europe/Paris\n",
    "stops.txt": (
        "stop_id,stop_name,stop_lat,stop_lon\n"
        "north,North,44.60,1.40\nmiddle,Middle,44.50,1.40\nsouth,South,44.40,1.40\n"
        "square,Middle square,44.5020,1.40\nvillage,Village,44.50,1.60\nhill,Hill,44.52,1.60\n"
    ),
    "routes.txt": ("route_id,route_short_name,route_type\ntrain,T1,2\nbus,B1,3\nshuttle,S1,3\nnight,N1,3\n"),
    "trips.txt": (
        "route_id,service_id,trip_id,trip_headsign\n"
        "train,week,t1,South\ntrain,week,t2,South\ntrain,week,t3,North\n"
        "bus,week,b1,Village\nbus,week,b2,Middle\nshuttle,week,s1,Hill\nnight,week,n1,South\n"
    ),
    "stop_times.txt": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n"
        "t1,08:00:00,08:00:00,north,1,0,1\nt1,08:20:00,08:21:00,middle,2,0,0\nt1,08:40:00,08:40:00,south,3,1,0\n"
        "t2,10:00:00,10:00:00,north,1,0,1\nt2,,,middle,2,0,0\nt2,10:40:00,10:40:00,south,3,1,0\n"
        "t3,17:00:00,17:00:00,south,1,0,1\nt3,17:20:00,17:21:00,middle,2,0,0\nt3,17:40:00,17:40:00,north,3,1,0\n"
        "b1,08:30:00,08:30:00,square,1,0,1\nb1,08:55:00,08:55:00,village,2,1,0\n"
        "b2,16:40:00,16:40:00,village,1,0,1\nb2,17:05:00,17:05:00,square,2,1,0\n"
        "s1,06:00:00,06:00:00,village,1,0,1\ns1,06:10:00,06:10:00,hill,2,1,0\n"
        "n1,24:30:00,24:30:00,north,1,0,1\nn1,25:10:00,25:10:00,south,2,1,0\n"
    ),
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "week,1,1,1,1,1,0,0,20260301,20261231\n"
    ),
    "calendar_dates.txt": "service_id,date,exception_type\nweek,20260714,2\nweek,20260718,1\n",
    "frequencies.txt": "trip_id,start_time,end_time,headway_secs\ns1,09:00:00,10:00:00,1200\n",
    "transfers.txt": "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nmiddle,square,2,300\n",
}


def write_feed(folder: Path, **changes: str | None) -> Path:
    """Write the feed as a folder; ``changes`` replace files (names with _ for .), None leaves one out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in FILES.items():
        changed = changes.get(name.replace(".", "_"), content)
        if changed is not None:
            (folder / name).write_text(changed, encoding="utf-8")
    return folder


def write_zip(feed: FeedFiles, path: Path) -> None:
    """Write a feed as a zip."""
    path.write_bytes(zip_bytes(feed.files))
