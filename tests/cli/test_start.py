"""What a second start loads before its first page: nothing that only another page or a job needs."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT

FIRST_PAGE = """
import sys
from types import SimpleNamespace
from cli import serve

def listen(app, host, port):
    def run():
        print(app.test_client().get("/").status_code, *sys.modules)
    return SimpleNamespace(run=run)

serve.listen = listen
serve.serve([], standalone_mode=False)
"""
HEAVY = {
    "alembic", "authlib", "folium", "geopandas", "gtfs_kit", "gunicorn", "icalendar", "joserfc",
    "mapbox_vector_tile", "numba", "ortools", "osmium", "osmnx", "pandas", "pyarrow", "pyproj",
    "pyrage", "python_calamine", "rdflib", "requests", "scipy", "xlsxwriter",
}  # fmt: skip
"""Libraries that the first page needs nothing of."""


@pytest.fixture(scope="module")
def loaded(prepared_state, tmp_path_factory):
    """What a start on a prepared state has loaded when its first page is answered."""
    state = shutil.copytree(prepared_state, tmp_path_factory.mktemp("start") / "state")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MOBILITY_")}
    # The store is made by a first start; the second finds its tables.
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", FIRST_PAGE], cwd=ROOT, capture_output=True, text=True, check=True,
            env=environment | {"MOBILITY_STATE": str(state)},
        )  # fmt: skip
    status, *modules = done.stdout.split()
    assert status == "200"
    return {name.partition(".")[0] for name in modules}


def test_a_second_start_loads_no_heavy_library_before_its_first_page(loaded):
    assert {"flask", "sqlalchemy", "waitress"} <= loaded
    assert sorted(loaded & HEAVY) == []
