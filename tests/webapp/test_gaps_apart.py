"""The study of the gaps is made apart: a page shows what is kept, and computes nothing."""

import pytest

import desks.access.desk
from data.gap_files import ACCESS


@pytest.fixture
def made(app, monkeypatch):
    """Counts the studies that are made, and by the work of which kind."""
    here, made = app.extensions["wired"].house(), []
    kept = here.access.gaps()
    monkeypatch.setattr(desks.access.desk, "study_gaps", lambda *_, **more: made.append(more) or kept)
    monkeypatch.setattr(app.extensions["wired"].jobs, "start", lambda kind, *_: made.append(kind))
    return made


def test_a_page_shows_the_study_that_is_kept(client, made):
    assert "la nouvelle se prépare" not in client.get("/manques").text
    assert made == []


def test_an_older_one_is_shown_and_said_to_be_while_another_is_made(app, client, made, monkeypatch):
    monkeypatch.setattr(desks.access.desk, "access_stamp", lambda *_: "of today")
    for address in ("/manques", "/manques/carte", "/manques/acces.csv"):
        assert client.get(address).status_code == 200
    assert "la nouvelle se prépare" in client.get("/manques").text
    assert set(made) == {"gaps"}
    here = app.extensions["wired"].house()
    here.access.gaps()
    assert len(made) == 5


def test_without_any_it_is_awaited(app, client, made):
    house = app.extensions["wired"].house()
    (house.plans.folder / f"{ACCESS}.json").unlink()
    for address in ("/manques", "/manques/carte", "/manques/acces.csv"):
        answer = client.get(address)
        assert (answer.status_code, "se prépare" in answer.text) == (503, True)
    assert made == ["gaps"] * 3
