"""The version of the tables: known without the library that changes them."""

import ast
import sys

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from data.store import MIGRATIONS, Store, is_up_to_date, latest_revision
from mobility.errors import MobilityError


def test_the_latest_version_is_that_of_the_last_migration():
    script = ScriptDirectory(str(MIGRATIONS))
    assert latest_revision() == script.get_current_head()


def test_the_latest_version_follows_the_chain_and_not_the_numbers(tmp_path):
    for number, below in (("0001", "None"), ("0003", '"0001"'), ("0002", '"0003"')):
        (tmp_path / f"{number}_step.py").write_text(f'revision = "{number}"\ndown_revision = {below}\n')
    assert latest_revision(tmp_path) == "0002"


def test_a_store_is_up_to_date_once_it_was_opened(tmp_path):
    url = f"sqlite:///{tmp_path / 'rides.sqlite'}"
    store = Store(url)
    assert is_up_to_date(store.engine)
    with store.writing() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not is_up_to_date(store.engine)
    with pytest.raises(MobilityError, match="newer version"):
        Store(url)


OUTSIDE = {"alembic", "sqlalchemy"}
"""What a migration may import besides Python's own: the project's code of today is none of it."""


def imported(source):
    """The packages that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "").partition(".")[0]


def test_what_a_migration_does_hangs_on_no_code_that_may_change():
    files = sorted((MIGRATIONS / "versions").glob("[0-9]*.py"))
    found = {file.name: set(imported(file.read_text())) - OUTSIDE - sys.stdlib_module_names for file in files}
    assert files
    assert {name: packages for name, packages in found.items() if packages} == {}
    assert set(imported("def f():\n    from data.store import x")) == {"data"}
