"""Backups that only the holder of a key or a passphrase reads."""

import pyrage
import pytest

from data import sealed_files
from data.backup import make_backup, read_backup, restore_backup
from data.people import add_person, find_person
from data.sealed_files import Key, Seal, is_sealed
from data.store import Store
from mobility.errors import MobilityError
from mobility.people import RIDER, Contact, Newcomer, Person
from tests.conftest import NOW

SECRET = pyrage.x25519.Identity.generate()
SEALS = {
    "recipient": (Seal((str(SECRET.to_public()),)), Key(identity=f"# created: today\n{SECRET}\n")),
    "passphrase": (Seal(passphrase="une phrase bien longue"), Key(passphrase="une phrase bien longue")),
}
STRANGER = Key(str(pyrage.x25519.Identity.generate()), "une autre phrase bien longue")


@pytest.fixture
def store(database, tmp_path):
    opened = Store(database)
    with opened.writing() as tx:
        add_person(tx, Newcomer(Person("p1", RIDER, "x"), Contact("Nom Secret", "0600000000")), now=NOW, by="test")
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "own.csv").write_bytes(b"own file")
    yield opened
    opened.close()


@pytest.mark.parametrize("kind", ["recipient", pytest.param("passphrase", marks=pytest.mark.prove)])
def test_a_sealed_backup_opens_with_its_key_alone(store, tmp_path, kind):
    seal, key = SEALS[kind]
    made = make_backup(store, tmp_path / "state", tmp_path / "b.age", now=NOW, seal=seal)
    assert is_sealed(tmp_path / "b.age")
    assert (tmp_path / "b.age").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.glob("*.[az]*")) == ["b.age"]
    assert read_backup(tmp_path / "b.age", key) == made
    for wrong, told in ((None, "is encrypted"), (Key(), "is encrypted"), (STRANGER, "does not open")):
        with pytest.raises(MobilityError, match=told):
            read_backup(tmp_path / "b.age", wrong)
    restore_backup(store, tmp_path / "back", tmp_path / "b.age", replace=True, key=key)
    assert (tmp_path / "back" / "own.csv").read_bytes() == b"own file"
    with store.reading() as tx:
        assert find_person(tx, "p1")


@pytest.mark.parametrize("cut", [30, 200, -1])
def test_a_sealed_backup_that_was_cut_or_changed_does_not_open(store, tmp_path, cut):
    seal, key = SEALS["recipient"]
    make_backup(store, tmp_path / "state", tmp_path / "b.age", now=NOW, seal=seal)
    held = (tmp_path / "b.age").read_bytes()
    (tmp_path / "b.age").write_bytes(held[:cut] + (bytes([held[-1] ^ 1]) if cut == -1 else b""))
    with pytest.raises(MobilityError, match="does not open"):
        read_backup(tmp_path / "b.age", key)


def test_a_passphrase_seals_and_opens_no_more_than_memory_holds(store, tmp_path, monkeypatch):
    seal, key = SEALS["passphrase"]
    by_key = SEALS["recipient"][0]
    (tmp_path / "large.age").write_bytes(b"age-encryption.org/v1\n-> scrypt " + bytes(1_000_100))
    monkeypatch.setattr(sealed_files, "LARGEST_BY_PASSPHRASE", 100)
    with pytest.raises(MobilityError, match=r"seal it to a key instead \(--recipient\)"):
        make_backup(store, tmp_path / "state", tmp_path / "b.age", now=NOW, seal=seal)
    assert not (tmp_path / "b.age").exists()
    with pytest.raises(MobilityError, match="open it with age first"):
        read_backup(tmp_path / "large.age", key)
    make_backup(store, tmp_path / "state", tmp_path / "b.age", now=NOW, seal=by_key)
    assert (tmp_path / "b.age").stat().st_size > 100


def test_what_seals_nothing_is_refused(store, tmp_path):
    with pytest.raises(MobilityError, match="12 signs at least"):
        Seal(passphrase="court")
    with pytest.raises(MobilityError, match="12 signs at least"):
        Seal(passphrase="")
    with pytest.raises(MobilityError, match="no public key"):
        make_backup(store, tmp_path / "state", tmp_path / "b.age", now=NOW, seal=Seal(("age1nonsense",)))
    with pytest.raises(MobilityError, match="no public key"):
        make_backup(store, tmp_path / "state", tmp_path / "b.age", now=NOW, seal=Seal(("age1\udcff",)))
    assert not (tmp_path / "b.age").exists()
