"""A feed of one line that stops for who has booked, or asks the driver, beside a bus that runs of itself."""

from pathlib import Path

from tests.gtfs.small_feed import write_feed

STOPS = {"P": ("Place", 44.50, 1.40), "M": ("Moulin", 44.52, 1.45), "Q": ("Quai", 44.55, 1.50)}
RULES = (
    "booking_rule_id,booking_type,prior_notice_duration_min,prior_notice_duration_max,prior_notice_last_day,"
    "prior_notice_last_time,prior_notice_start_day,prior_notice_start_time,prior_notice_service_id,phone_number,"
    "info_url,message\n"
    "eve,2,,,1,17:00:00,7,08:00:00,,0565000001,,Précisez un fauteuil.\n"
    "hours,1,120,,,,,,,0565000002,https://line.example,\n"
    "office,2,,,1,,,,desk,,,\n"
    "vague,2,,,,,,,,0565000003,,\n"
    "same,2,,,0,07:00:00,,,,0565000004,,\n"
)
TIMES = (
    "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type,pickup_booking_rule_id,"
    "drop_off_booking_rule_id\n"
)
LINE = (
    "called,08:00:00,08:00:00,P,1,2,1,{rule},\n"
    "called,08:15:00,08:15:00,M,2,3,0,,\n"
    "called,08:30:00,08:30:00,Q,3,1,{off},,{off_rule}\n"
)
ORDINARY = "daily,07:50:00,07:50:00,P,1,0,1,,\ndaily,08:50:00,08:50:00,Q,2,1,0,,\n"
NIGHT = "night,24:30:00,24:30:00,P,1,2,1,eve,\nnight,25:00:00,25:00:00,Q,2,1,0,,\n"


def write_line(
    folder: Path, *, rule: str = "", off: str = "3", off_rule: str = "", more: str = "", phone: str = "0565000000",
    points: dict[str, tuple[str, float, float]] = STOPS,
) -> Path:  # fmt: skip
    """Write the feed: ``rule`` and ``off_rule`` are named at the ends of its line, ``more`` are further stop times."""
    trips = sorted({row.partition(",")[0] for row in (LINE + more).splitlines()})
    write_feed(
        folder, frequencies_txt=None, transfers_txt=None, calendar_dates_txt=None,
        agency_txt="agency_id,agency_name,agency_url,agency_timezone,agency_phone\n"
        f"a,La Navette,https://line.example,Europe/Paris,{phone}\n",
        stops_txt="stop_id,stop_name,stop_lat,stop_lon\n"
        + "".join(f"{stop},{name},{lat},{lon}\n" for stop, (name, lat, lon) in points.items()),
        routes_txt="route_id,agency_id,route_short_name,route_type\nline,a,Ligne 7,3\n",
        trips_txt="route_id,service_id,trip_id\n" + "".join(f"line,week,{trip}\n" for trip in trips),
        stop_times_txt=TIMES + LINE.format(rule=rule, off=off, off_rule=off_rule) + more,
        calendar_txt="service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "week,1,1,1,1,1,1,1,20260101,20271231\ndesk,1,0,0,1,0,0,0,20260101,20271231\n",
    )  # fmt: skip
    told = (folder / "stop_times.txt").read_text(encoding="utf-8")
    header, *rows = RULES.splitlines(keepends=True)
    named = [row for row in rows if f",{row.partition(',')[0]}" in told]
    if named:
        (folder / "booking_rules.txt").write_text(header + "".join(named), encoding="utf-8")
    return folder
