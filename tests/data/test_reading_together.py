"""What is read together is read in one transaction, and of one's own records only."""

import pytest
from sqlalchemy import text

from data.store import Store
from mobility.scope import Scope


@pytest.fixture
def store(database):
    opened = Store(database)
    yield opened
    opened.close()


def test_all_that_is_read_meanwhile_is_read_in_one_transaction(store):
    with store.together(), store.reading() as one, store.together(), store.reading() as other:
        assert one is other
    with store.reading() as one, store.reading() as other:
        assert one is not other


def test_another_scope_and_a_stronger_transaction_are_their_own(store):
    own = store.within(Scope.of(["A"]))
    with store.together(), store.reading() as all_rows:
        with own.reading() as limited, own.together(), own.reading() as within, store.reading() as again:
            assert len({id(tx) for tx in (all_rows, limited, within, again)}) == 4
        with store.snapshot() as alone, store.writing() as written:
            assert len({id(all_rows), id(alone), id(written)}) == 3
            assert written.scalar(text("SELECT 1")) == 1


def test_a_fault_ends_what_is_read_together(store):
    with pytest.raises(ZeroDivisionError), store.together():
        raise ZeroDivisionError
    with store.reading() as one, store.reading() as other:
        assert one is not other
