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


@pytest.mark.parametrize(
    ("subject", "column", "titles"),
    [
        ("drivers", "to", ["Va à", "Se rend à", "Destination habituelle"]),
        ("drivers", "from", ["Part de", "Habite à", "Localité"]),
        ("drivers", "opens", ["Départ possible de", "Disponible de", "Départ au plus tôt"]),
        ("drivers", "closes", ["Départ possible jusqu'à", "Dispo jusqu'à"]),
        ("drivers", "mail", ["Adresse e-mail", "Adresse courriel"]),
        ("drivers", "detour_minutes", ["Détour accepté (min)", "Détour max"]),
        ("requests", "telephone", ["Tél du bénéficiaire", "N° portable"]),
        ("requests", "to", ["Va à", "Lieu du RDV", "Dépose à"]),
        ("requests", "depart_after", ["Départ possible de", "Départ après", "Heure de prise en charge"]),
        ("requests", "back_after", ["Heure de fin", "Fin du RDV", "Retour à partir de"]),
        ("requests", "errand", ["Type de rendez-vous", "Motif du déplacement"]),
        ("closures", "last", ["Se termine le", "Date de fin de fermeture"]),
        ("stops", "toilets", ["Sanitaires", "WC à proximité"]),
        ("calendar", "weekday", ["Jour de passage"]),
        ("calendar", "stop", ["Commune desservie", "Point d'arrêt"]),
    ],
)
def test_the_usual_titles_need_nobody_to_confirm_them(subject, column, titles):
    for title in titles:
        matching = matched(1, [title, "Divers"], SUBJECTS[subject].columns)
        assert matching.columns == {column: 0}, title
        assert not matching.unsure, title


@settings(max_examples=30, deadline=None, database=None, derandomize=True)
@given(st.lists(st.lists(st.sampled_from(SAID) | st.text(max_size=6), max_size=3).map(" ".join), max_size=7))
def test_no_titles_whatever_stop_the_matching(titles):
    for subject in SUBJECTS.values():
        matching = matched(1, titles, subject.columns)
        assert len(set(matching.columns.values())) == len(matching.columns)
        assert not matching.columns.keys() & matching.rivals.keys()
