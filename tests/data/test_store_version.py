"""The version of the tables: known without the library that changes them."""

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
