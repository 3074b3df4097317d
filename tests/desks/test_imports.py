"""Desks are reached from any door: a process that imports them all has loaded no door's library."""

import subprocess
import sys

from tests.conftest import ROOT

ALL_DESKS = """
import importlib, pkgutil, sys
import desks
for module in pkgutil.walk_packages(desks.__path__, "desks."):
    importlib.import_module(module.name)
print(*sys.modules)
"""
DOORS = {"click", "cli", "flask", "webapp", "werkzeug"}


def test_all_desks_load_neither_flask_nor_click():
    done = subprocess.run([sys.executable, "-c", ALL_DESKS], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "desks" in loaded
    assert sorted(loaded & DOORS) == []
