"""The titles of lists, as people write them: each column is found by its own, and no titles stop the matching."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desks.imports.matching import matched
from desks.imports.subjects import SUBJECTS

SAID = sorted({word for subject in SUBJECTS.values() for column in subject.columns for word in column.titles})


@pytest.mark.parametrize(
    "title",
    [
        "Nom et prénom", "NOM Prénom", "Noms et prénoms", "Prénom NOM du conducteur", "Nom du bénévole",
        "Nom et prénom (bénévole)", "Nom / Prénom", "Identité",
    ],
)  # fmt: skip
def test_a_whole_name_in_one_column_is_a_name(title):
    titles = [title, "Téléphone", "Commune", "Jours", "Début", "Adresse mail"]
    matching = matched(1, titles, SUBJECTS["drivers"].columns)
    assert matching.columns == {"name": 0, "telephone": 1, "from": 2, "weekdays": 3, "opens": 4, "mail": 5}
    assert not matching.rivals


@settings(max_examples=30, deadline=None, database=None, derandomize=True)
@given(st.lists(st.lists(st.sampled_from(SAID) | st.text(max_size=6), max_size=3).map(" ".join), max_size=7))
def test_no_titles_whatever_stop_the_matching(titles):
    for subject in SUBJECTS.values():
        matching = matched(1, titles, subject.columns)
        assert len(set(matching.columns.values())) == len(matching.columns)
        assert not matching.columns.keys() & matching.rivals.keys()
