"""How lists were matched before: each structure's own, and what was remembered before there were any, everyone's."""

from alembic import command
from sqlalchemy import inspect, text

from data.imports import known_shapes, remember_shape
from data.store import Store, migrate, migration_config
from mobility.scope import Scope
from tests.conftest import NOW


def remembered(store, structure, columns, shape="a"):
    with store.writing() as tx:
        remember_shape(tx, shape, columns, structure=structure, who="test", now=NOW)


def known(store, structure):
    with store.within(Scope.of([structure])).reading() as tx:
        return known_shapes(tx, structure)


def test_each_structure_remembers_its_own_before_everyones(database):
    store = Store(database)
    remembered(store, "", {"name": 0})
    remembered(store, "A", {"name": 1})
    remembered(store, "A", {"name": 2})
    remembered(store, "B", {"name": 3}, shape="b")
    assert known(store, "A") == {"a": {"name": 2}}
    assert known(store, "B") == {"a": {"name": 0}, "b": {"name": 3}}
    with store.reading() as tx:
        # Who works for all structures has no need of what each of them remembers.
        assert known_shapes(tx, "*") == {"a": {"name": 0}}
    store.close()


def test_what_was_remembered_before_stays_everyones(database):
    store = Store(database)
    remembered(store, "A", {"name": 1})
    remembered(store, "B", {"name": 2}, shape="b")
    with store.engine.connect() as connection:
        command.downgrade(migration_config(connection), "0013")
        connection.commit()
        assert "structure" not in {column["name"] for column in inspect(connection).get_columns("import_shapes")}
        assert connection.execute(text("SELECT count(*) FROM import_shapes")).scalar() == 2
    migrate(store.engine)
    assert known(store, "C") == {"a": {"name": 1}, "b": {"name": 2}}
    remembered(store, "C", {"name": 3})
    assert (known(store, "C")["a"], known(store, "A")["a"]) == ({"name": 3}, {"name": 1})
    store.close()
