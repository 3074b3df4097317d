"""The promises of the repository: packages in step, contracts kept, words translated, documents true."""

import ast
import re
import subprocess
import sys
import tomllib

import pytest

from tests.conftest import ROOT
from webapp.words.errors import error_words

PACKAGES = ("mobility", "routing", "gtfs", "tours", "maps", "data", "desks", "webapp", "cli")
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 60
LONG_FUNCTIONS = {"upgrade", "explore", "search_choices"}
"""Migrations are lists of columns; the two searches are compiled as one."""


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


def said_by(path):
    """What a module says for itself: its texts, its rows of texts and the bodies of its functions, as syntax."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        value = getattr(node, "value", None) if isinstance(node, ast.Assign) else None
        if isinstance(value, ast.Tuple) and len(value.elts) > 2:
            if all(isinstance(one, ast.Constant) for one in value.elts):
                yield ast.dump(value)
        elif isinstance(value, ast.Constant) and isinstance(value.value, str) and len(value.value) > 3:
            yield ast.dump(value)
        elif isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            if len(body) > 2:
                yield ast.dump(node.args) + "".join(map(ast.dump, body))


def test_what_is_said_once_is_built_once():
    """The same words, row of words or function in two modules is one thing with two homes: they would part one day."""
    homes = {}
    for path in sources():
        if path.parent.name != "versions":
            for said in set(said_by(path)):
                homes.setdefault(said, []).append(path.relative_to(ROOT).as_posix())
    assert len(homes) > 500
    assert [modules for modules in homes.values() if len(modules) > 1] == []


def test_every_error_has_its_french_sentence():
    assert codes("MobilityError") | codes("UnavailableError") | {"infeasible", "misstated"} == set(
        error_words()["errors"]
    )


def test_every_field_named_in_an_error_has_its_french_name():
    """A name of ours (``back_after``) never reaches the page; options, files and French labels stay as they are."""
    named = {
        keyword.value.value
        for path in sources()
        if path.parent.name != "cli"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", None)
        in {"MobilityError", "UnavailableError", "InfeasibleError", "MisstatedError", "out_of_range"}
        for keyword in node.keywords
        if keyword.arg == "field" and isinstance(keyword.value, ast.Constant)
    }
    ours = {name for name in named if re.fullmatch("[a-z_ ]+", name)}
    assert len(ours) > 30
    assert ours <= set(error_words()["fields"])


def test_every_field_that_may_be_empty_says_what_to_do():
    """ "Une valeur manque" is said of lines of files alone: of a field there is a sentence that names it."""
    empty = {
        keyword.value.value
        for path in sources()
        if path.parent.name != "cli"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and node.args and getattr(node.args[0], "value", "") == "empty-value"
        for keyword in node.keywords
        if keyword.arg == "field" and isinstance(keyword.value, ast.Constant)
    }
    assert {name for name in empty if not name.isupper()} <= set(error_words()["missing"])


def test_every_rule_of_the_judge_has_its_french_sentence():
    assert codes("BrokenRule") == set(error_words()["rules"])


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


def test_every_package_is_installed():
    told = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    roots = ("mobility", "routing", "gtfs", "tours", "maps", "data", "desks", "webapp", "cli")
    there = {
        str(path.parent.relative_to(ROOT)).replace("/", ".")
        for root in roots for path in (ROOT / root).rglob("__init__.py")
    }  # fmt: skip
    assert told == there


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


def shown_templates() -> set[str]:
    """The templates that a view shows: those that it names where it renders, or hands to what does."""
    named = re.compile(r"""["']([\w-]+\.html)["']""")
    views = [
        *(ROOT / "webapp" / "pages").glob("*.py"),
        *(ROOT / "webapp" / "server").glob("*.py"),
        ROOT / "webapp" / "app.py",
    ]
    return {name for path in views for name in named.findall(path.read_text(encoding="utf-8"))}


def test_pages_are_few_and_each_is_shown():
    """A subject that needs one more page takes the place of another, or is a part of one."""
    templates = {path.name for path in (ROOT / "webapp" / "templates").glob("*.html")}
    pages = {name for name in templates if not name.startswith("_")} - {"base.html"}
    assert shown_templates() - templates == set()
    assert pages - shown_templates() == set()
    assert len(pages) <= 60


def test_no_template_is_unused():
    folder, used = ROOT / "webapp" / "templates", set(shown_templates())
    taken = re.compile(r"""\{%-?\s*(?:extends|include|from|import)\s+["']([^"']+)["']""")
    wanted = [*used]
    while wanted:
        more = set(taken.findall((folder / wanted.pop()).read_text(encoding="utf-8"))) - used
        used |= more
        wanted += more
    assert {path.name for path in folder.iterdir()} - used == set()


def test_settings_are_documented():
    files = [ROOT / "desks" / "settings.py", *sorted((ROOT / "tests").glob("*.py"))]
    variables = {name for file in files for name in re.findall(r"MOBILITY_[A-Z_]+[A-Z]", file.read_text())}
    documented = set(re.findall(r"`(MOBILITY_[A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text()))
    assert variables == documented


def test_documents_name_files_that_exist():
    for page in [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md")), ROOT / "benchmarks" / "README.md"]:
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_first_pages_fit_a_screen(name):
    assert len((ROOT / name).read_text().splitlines()) <= 50


def test_one_check_everywhere():
    """What runs before a commit is `make check`, what runs on a bare machine is that and both tiers of tests."""
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    checks = [hook for hook in hooks.split("- id: ")[1:] if "stages: [pre-commit]" in hook]
    assert [re.findall(r"entry: (.+)", hook) for hook in checks] == [["make check"]]
    assert all("language: system" in hook and "pass_filenames: false" in hook for hook in checks)
    whole = (ROOT / ".ci" / "run").read_text()
    assert [*dict.fromkeys(re.findall(r"\bmake (\w+)", whole))] == ["check", "test", "prove"]
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in ("README.md", "CONTRIBUTING.md"):
        assert set(re.findall(r"^make (\w+)", (ROOT / page).read_text(), re.MULTILINE)) <= targets


def test_both_tiers_are_one_suite():
    options = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["addopts"]
    assert options[-2:] == ["-m", "not prove"]
    makefile = (ROOT / "Makefile").read_text()
    assert len(re.findall("-m pytest", makefile)) == 1
    assert re.findall(r"^\t@\$\(PYTEST\)(.*)$", makefile, re.MULTILINE) == ["", " -m prove"]


def test_the_root_of_the_tests_is_light():
    """Whoever tests the tours loads neither the site nor Flask."""
    script = "import sys, tests.conftest; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not {*PACKAGES, "flask", "sqlalchemy"} & set(done.stdout.split())


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_are_described_and_short(path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a module says what it holds"
    assert len(text.splitlines()) <= MOST_LINES
    long = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= MOST_LINES_OF_A_FUNCTION
    }
    assert long <= LONG_FUNCTIONS
