"""The promises of the repository: packages in step, contracts kept, words translated, documents true."""

import ast
import re
import subprocess
import sys
import tomllib

import pytest

from tests.conftest import ROOT
from webapp.words.errors import ERRORS, RULES

PACKAGES = ("mobility", "routing", "gtfs", "tours", "maps", "data", "webapp")


def sources():
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def codes(call_name):
    """The first arguments of every call of a name, over all packages."""
    found = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and getattr(node.func, "id", None) == call_name
            if named and node.args and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    return found


def test_every_error_has_its_french_sentence():
    assert codes("MobilityError") | {"infeasible"} == set(ERRORS) | (codes("MobilityError") & {"broken-road-table"})


def test_every_rule_of_the_judge_has_its_french_sentence():
    assert codes("BrokenRule") == set(RULES)


def test_every_engine_hides_what_is_written():
    found = 0
    for path in [*sources(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "create_engine":
                found += 1
                assert "hide_parameters" in {word.arg for word in node.keywords}, path
    assert found


def test_import_contracts():
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c(['--no-cache'])"],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_environment_is_in_step_with_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {*project["dependencies"], *project["optional-dependencies"]["dev"]}
    stated = set(re.findall(r"^      - (.+)$", (ROOT / "environment.yml").read_text(), re.MULTILINE))
    assert stated == wanted


def test_constraints_pin_every_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = {
        line.split("==")[0].lower().replace("_", "-") for line in (ROOT / "constraints.txt").read_text().splitlines()
    }
    names = {
        re.split(r"[\[<>=]", d)[0].lower() for d in (*project["dependencies"], *project["optional-dependencies"]["dev"])
    }
    assert names <= pinned


def test_the_lock_file_names_no_registry():
    assert "resolved" not in (ROOT / "package-lock.json").read_text()


def test_settings_are_documented():
    text = (ROOT / "webapp" / "settings.py").read_text() + (ROOT / "tests" / "conftest.py").read_text()
    documented = (ROOT / "docs" / "settings.md").read_text()
    for variable in set(re.findall(r"MOBILITY_[A-Z_]+[A-Z]", text)):
        assert f"`{variable}`" in documented


def test_documents_name_files_that_exist():
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "benchmarks" / "README.md"]:
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_every_package_is_described_in_the_architecture():
    text = (ROOT / "docs" / "architecture.md").read_text()
    assert all(f"`{package}/`" in text for package in PACKAGES)


def test_readme_fits_a_screen():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 50


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_are_described_and_short(path):
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "a module says what it holds"
    assert len(text.splitlines()) <= 450
