"""The table of commands: where each is, and its one-line help, so that `--help` loads none of them.

A line is the first sentence of the command's own help; a test keeps the two alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class CommandEntry:
    """A command: where it is (``module:function``), its one-line help."""

    address: str
    help: str
    hidden: bool = False


@dataclass(frozen=True)
class GroupEntry:
    """A group of commands, by their names."""

    help: str
    commands: Mapping[str, CommandEntry]
    module: str = ""
    """The module that a territory may leave out, its commands with it."""


# fmt: off
COMMANDS: dict[str, GroupEntry | CommandEntry] = {
    "territory": GroupEntry("List, show, build and check territories.", {
        "list": CommandEntry("cli.territory:list_command", "List the territories at hand."),
        "show": CommandEntry("cli.territory:show_command", "Show a territory's communes, services and sums."),
        "build": CommandEntry("cli.territory:build_command",
            "Build a territory's folder from open-data tables, by the selection in its territory.toml."),
        "check": CommandEntry("cli.territory:check_command",
            "Check that a territory's files agree with each other; exit code 1 where they do not."),
    }),
    "data": GroupEntry("Show sources and holidays, copy the database without anyone in it.", {
        "sources": CommandEntry("cli.data:sources", "List every dataset with its producer, vintage and licence."),
        "holidays": CommandEntry("cli.data:holidays", "List public and school holidays between two days."),
        "anonymised-copy": CommandEntry("cli.data:anonymised",
            "Write a copy of the database in which nobody is to be found, for tests and studies; its journal stays "
            "behind."),
    }),
    "roads": GroupEntry("Read roads and ask them for times, ways and isochrones.", {
        "build": CommandEntry("cli.roads:build",
            "Read an OSM extract or road tables into the cache, and describe the network."),
        "download": CommandEntry("cli.roads:download",
            "Download the roads of a small area from an Overpass server into an .osm file."),
        "matrix": CommandEntry("cli.roads:matrix", "Print seconds and metres between places."),
        "path": CommandEntry("cli.roads:path", "Print the way between two places: as GeoJSON with --json."),
        "isochrone": CommandEntry("cli.roads:isochrone",
            "Print the ground reached by road in some minutes, as GeoJSON; it needs true roads (--roads)."),
        "neighbours": CommandEntry("cli.roads:neighbours",
            "Compute a territory's table of links from true roads, and write its neighbours.csv."),
    }),
    "calendar": GroupEntry("Plan the bus calendar and work with it.", {
        "plan": CommandEntry("cli.calendar:plan", "Find the best calendar of the cycle, with its proof."),
        "judge": CommandEntry("cli.calendar:judge",
            "Recompute the value of any calendar (CSV or plan JSON) and name every rule it breaks; exit code 1 if "
            "any."),
        "compare": CommandEntry("cli.calendar:compare",
            "Score the current plan beside the territory's reference calendar, by the same judge."),
        "explain": CommandEntry("cli.calendar:explain",
            "Solve again for the price of each unserved commune, more means, the frontier, a cancelled day."),
        "dates": CommandEntry("cli.calendar:dates", "List the dates of a season, with every visit skipped or moved."),
        "export": CommandEntry("cli.calendar:export",
            "Write the calendar as iCalendar, CSV, GeoJSON, JSON, a poster or the crew's road book."),
        "prepare": CommandEntry("cli.calendar:prepare_command",
            "Plan and study where the files have changed, as `serve` does.", hidden=True),
    }),
    "gtfs": GroupEntry("Find, fetch, check, compare and publish transport feeds (GTFS).", {
        "check": CommandEntry("cli.gtfs_quality:check_command",
            "Check a feed (a kept name, a zip or a folder): the validator's notices and the house's rules, in "
            "French."),
        "diff": CommandEntry("cli.gtfs_quality:diff_command",
            "Tell what changes for people between two versions: two files, or the last two of a kept feed."),
        "publish": CommandEntry("cli.gtfs_quality:publish_command",
            "Publish what has changed: the merged feed, each source, the on-demand services."),
        "sources": CommandEntry("cli.gtfs:sources_command", "List the sources of feeds of the territory."),
        "fetch": CommandEntry("cli.gtfs:fetch_command",
            "Fetch a feed, or all those of the territory's sources, where they have changed."),
        "import": CommandEntry("cli.gtfs:import_command",
            "Check a feed (a zip file or a folder) and keep it under a name."),
        "licence": CommandEntry("cli.gtfs:licence_command",
            "Tell under which licence the producer of a kept feed gives it: the site then publishes it."),
        "list": CommandEntry("cli.gtfs:list_command",
            "List the feeds in use, with their versions and the days they cover."),
        "typical-week": CommandEntry("cli.gtfs:typical_week_command",
            "Draw the trains of the typical week from a whole feed into trains.csv and stations.csv."),
    }, "transport"),
    "journeys": GroupEntry("Search journeys by train, bus, on-demand van, on foot, or by a volunteer's car.", {
        "search": CommandEntry("cli.journeys:search",
            "Find journeys: all good choices from a time on, the latest to be there by another, or there and back."),
    }),
    "access": GroupEntry("Measure what each place can reach without a car, and show the gaps.", {
        "compute": CommandEntry("cli.access:compute",
            "Compute, for each place and errand, how many days a week one can go and come back, layer by layer."),
    }, "access"),
    "rides": GroupEntry("Solidarity rides: lists, matching, proposals, reports.", {
        "import": CommandEntry("cli.lists:import_",
            "Import a spreadsheet of drivers or requests; lines that cannot be read are reported, the others kept."),
        "match": CommandEntry("cli.rides:match",
            "Match what waits with who can drive: the plan with its bound, and a reason for whoever is left."),
        "propose": CommandEntry("cli.rides:propose",
            "Match, then propose every answer: seats are held, drivers and riders get a private link."),
        "report": CommandEntry("cli.rides:report",
            "Give the yearly report to the préfet: drivers, beneficiaries by criterion, trips, mean distance, "
            "participation."),
        "example": CommandEntry("cli.rides:example",
            "Fill the store with generated drivers and requests, marked as an example (once), or take them away."),
    }, "rides"),
    "people": GroupEntry("What is kept of people: handed over, put right, erased, forgotten.", {
        "export": CommandEntry("cli.people:export",
            "Print everything that is kept about a person, as JSON to hand to them."),
        "correct": CommandEntry("cli.people:correct",
            "Put right what is kept of a person: alias, name, telephone, mail, address, commune."),
        "erase": CommandEntry("cli.people:erase",
            "Erase a person with all that is theirs; rides still agreed are cancelled first, and the others told."),
        "purge": CommandEntry("cli.people:purge_",
            "Forget what is older than the retention: requests, matches, messages, persons who do nothing any more."),
    }),
    "accounts": GroupEntry("Accounts of planners, agents and administrators.", {
        "add": CommandEntry("cli.accounts:add",
            "Open an account, and print the link by which its owner chooses a password (once, within three days)."),
        "list": CommandEntry("cli.accounts:list_", "List the accounts."),
        "link": CommandEntry("cli.accounts:link",
            "Print a new link by which the owner of an account chooses a password."),
        "close": CommandEntry("cli.accounts:close", "Close an account: its sessions end at once."),
        "export": CommandEntry("cli.accounts:export",
            "Print everything that is kept about an account's holder, as JSON to hand to them."),
        "erase": CommandEntry("cli.accounts:erase_",
            "Erase an account with all that is its holder's; the journal keeps its identifier alone."),
        "journal": CommandEntry("cli.accounts:journal",
            "Print who did or saw what, or check that nothing of it was changed."),
    }),
    "jobs": GroupEntry("See and stop the long work of the site.", {
        "list": CommandEntry("cli.jobs:list_", "List the long work of late, the newest first."),
        "cancel": CommandEntry("cli.jobs:cancel",
            "Stop some long work; whoever does it learns of it within a second."),
    }),
    "backup": GroupEntry("Back the database and the files up, and restore them.", {
        "make": CommandEntry("cli.backup:make", "Write a backup; the site may go on serving meanwhile."),
        "check": CommandEntry("cli.backup:check", "Check that a backup is whole."),
        "restore": CommandEntry("cli.backup:restore",
            "Restore a backup, to SQLite or PostgreSQL whichever it came from."),
    }),
    "tick": CommandEntry("cli.tick:tick",
        "Do what time brings: end late proposals and consents, remind of rides, send messages, forget what is old."),
    "serve": CommandEntry("cli.serve:serve", "Plan the calendar where its data has changed, then serve the site."),
}
"""The groups as `mobility --help` lists them, with their commands."""
