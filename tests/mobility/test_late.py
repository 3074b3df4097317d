"""Libraries that wait until they are used."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import numba
import numpy as np
import pytest

from mobility.late import Kernel, kernel, late
from tests.conftest import ROOT


def test_a_module_is_loaded_when_something_of_it_is_asked_for(tmp_path, monkeypatch):
    (tmp_path / "slow_library.py").write_text("ANSWER = 42\n")
    monkeypatch.syspath_prepend(tmp_path)
    library = late("slow_library")
    assert "slow_library" not in sys.modules
    assert library.ANSWER == 42
    monkeypatch.setattr(sys.modules["slow_library"], "ANSWER", 43)
    assert library.ANSWER == 43
    with pytest.raises(AttributeError, match="QUESTION"):
        _ = library.QUESTION


def test_a_missing_library_is_told_when_it_is_used():
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        _ = late("no_such_library").anything


@kernel
def doubled(number):
    return 2 * number


@kernel
def total_doubled(numbers):
    total = 0
    for number in numbers:
        total += doubled(number)
    return total


def test_a_kernel_is_compiled_with_those_it_calls_when_it_is_called():
    assert isinstance(total_doubled, Kernel)
    wanting = total_doubled
    assert wanting(np.arange(4)) == 12
    assert wanting(np.arange(5)) == 20
    assert wanting.compiled().signatures


KERNELS = """
from mobility.late import kernel

@kernel
def tripled(number):
    return 3 * number

@kernel
def total_tripled(numbers):
    total = 0
    for number in numbers:
        total += tripled(number)
    return total
"""


def test_nobody_calls_a_kernel_before_those_it_calls_are_compiled(tmp_path, monkeypatch):
    (tmp_path / "fresh_kernels.py").write_text(KERNELS)
    monkeypatch.syspath_prepend(tmp_path)
    wanting, slowly = import_module("fresh_kernels").total_tripled, numba.njit

    def njit(**options):
        def mark(function):
            time.sleep(0.2)
            return slowly(**{**options, "cache": False})(function)

        return mark

    monkeypatch.setattr(numba, "njit", njit)

    def called(order):
        time.sleep(0.05 * order)
        return wanting(np.arange(4))

    with ThreadPoolExecutor(12) as threads:
        assert list(threads.map(called, range(12))) == [18] * 12


def test_kernels_and_solvers_are_written_without_their_libraries():
    script = (
        "import sys, gtfs.journey_search, gtfs.merge, routing.street_roads, tours.ride_packing, tours.calendar_solver\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert sorted(loaded & {"numba", "ortools", "pandas", "pyproj", "scipy"}) == []
