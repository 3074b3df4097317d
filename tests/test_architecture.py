"""The architecture as it is told: every package named, every name there, the drawing that of the contracts."""

import re
import time
import tomllib
from datetime import datetime

import pytest

from tests.conftest import ROOT
from webapp.opening import ZONE, local_now

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = PROJECT["tool"]["importlinter"]["root_packages"]
TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `([\w/]+/)` \| (.+) \|$", TEXT, re.MULTILINE))
LISTED = dict(re.findall(r"^- `(\w+)/`: ((?:.+\n(?:  .+\n)*))", TEXT, re.MULTILINE))
"""The modules at the top of each package, as the list below the table names them."""
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


DOORS = ("webapp", "cli")


def holds_code(folder):
    return any(path.name != "__init__.py" for path in folder.glob("*.py"))


def is_there(name):
    """Tell whether a dotted name is a module or a package, or something that such a module defines."""
    path = ROOT / name.replace(".", "/")
    if path.is_dir() or path.with_suffix(".py").is_file():
        return True
    module = path.parent.with_suffix(".py")
    return module.is_file() and re.search(rf"\b{path.name}\b", module.read_text(encoding="utf-8")) is not None


def test_every_package_with_code_has_its_row():
    folders = {folder for name in PACKAGES for folder in (ROOT / name, *(ROOT / name).rglob("*")) if folder.is_dir()}
    with_code = {f"{folder.relative_to(ROOT).as_posix()}/" for folder in folders if holds_code(folder)}
    assert with_code - {"data/migrations/versions/"} <= set(ROWS)


def test_what_a_row_names_lies_in_its_package():
    for package, words in ROWS.items():
        assert (ROOT / package).is_dir(), package
        for name in re.findall(r"`([a-z_]+(?:/|\.\w+)?)`", words):
            if name.strip("/") not in {*PACKAGES, "now"}:
                assert any((ROOT / package / f"{name}{end}").exists() for end in ("", ".py")), f"{package}: {name}"


def test_every_module_at_the_top_of_a_package_has_its_home():
    for package in PACKAGES:
        there = {path.stem for path in (ROOT / package).glob("*.py")} - {"__init__", "__main__"}
        assert set(re.findall(r"`(\w+)`", LISTED[package])) == there, package


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_name_packages_and_files_that_exist(page):
    roots = "|".join([*PACKAGES, "tests", "docs", "benchmarks"])
    named = re.findall(rf"`((?:{roots})[./][\w./-]*)`", page.read_text(encoding="utf-8"))
    for name in named:
        there = (ROOT / name).exists() if "/" in name or name.endswith(".py") else is_there(name)
        assert there, f"{page.name}: {name}"


def test_the_drawing_is_that_of_the_contract():
    (drawing,) = re.findall(r"\A# .+\n\n((?: {4}.*\n)+)", TEXT)
    drawn = [set(re.findall(rf"\b(?:{'|'.join(PACKAGES)})\b", line)) for line in drawing.splitlines()]
    (contract,) = (c for c in PROJECT["tool"]["importlinter"]["contracts"] if "cli" in c.get("layers", ()))
    assert [layer for layer in drawn if layer] == [set(layer.split(" | ")) for layer in contract["layers"]]


def test_doors_leave_what_is_written_to_the_desks():
    """A use case is a desk's: pages, server and commands open no transaction that writes."""
    files = [path for door in DOORS for path in sorted((ROOT / door).rglob("*.py"))]
    writing = {path.relative_to(ROOT).as_posix() for path in files if ".writing(" in path.read_text(encoding="utf-8")}
    assert files
    assert not writing


CLOCKS = re.compile(
    r"\bdatetime\.(?:now|today|utcnow)\b|\bdate\.today\b|\btime\.(?:time(?:_ns)?|localtime|gmtime|ctime)\b"
)
"""What reads the calendar's clock; those that only measure how long something takes (``monotonic``) do not."""


def test_the_present_is_read_where_the_doors_are_wired_alone():
    """A server keeps UTC: its own day and hour are wrong for two hours each night; desks and data are handed theirs."""
    files = [path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py"))]
    reading = [path.relative_to(ROOT).as_posix() for path in files if CLOCKS.search(path.read_text(encoding="utf-8"))]
    assert reading == ["webapp/opening.py"]


def test_the_clock_of_the_territory_is_not_the_machines(monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        assert local_now().utcoffset() == datetime.now(ZONE).utcoffset() != datetime.now().astimezone().utcoffset()
    finally:
        monkeypatch.undo()
        time.tzset()
