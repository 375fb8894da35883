"""The first line of a letter."""

import pytest
from registry.spreadsheets.salutations import FormOfAddress, parts_of_name, salutation
from shared.i18n import Translator

GERMAN = Translator("registry")
MS, MR = FormOfAddress.MS, FormOfAddress.MR


@pytest.mark.parametrize(
    ("name", "form", "line"),
    [
        ("Petra Muster", MS, "Sehr geehrte Frau Muster,"),
        ("Karl-Heinz Muster", MR, "Sehr geehrter Herr Muster,"),
        ("Petra Muster", None, "Guten Tag Petra Muster,"),
        ("Dr. Petra von der Heide", MS, "Sehr geehrte Frau Dr. von der Heide,"),
        ("Dr. Kim Heide", None, "Guten Tag Dr. Kim Heide,"),
        ("Prof. Dr. med. h. c. Uwe Zum Beispiel", MR, "Sehr geehrter Herr Prof. Zum Beispiel,"),
        ("Dipl.-Ing. Uwe Muster", MR, "Sehr geehrter Herr Muster,"),
        ("Muster, Dr. Petra", MS, "Sehr geehrte Frau Dr. Muster,"),
        ("Muster", MR, "Sehr geehrter Herr Muster,"),
        ("  Muster,  ", None, "Guten Tag Muster,"),
        ("", MS, "Sehr geehrte Damen und Herren,"),
        (None, None, "Sehr geehrte Damen und Herren,"),
        ("Dr. ", MR, "Sehr geehrter Herr Dr.,"),
    ],
)
def test_salutations(name: str | None, form: FormOfAddress | None, line: str) -> None:
    assert salutation(name, form, GERMAN) == line


def test_first_names_stay_apart() -> None:
    assert parts_of_name("Anna Maria zu Beispiel") == ("", "Anna Maria", "zu Beispiel")
    assert parts_of_name("Beispiel, Anna Maria") == ("", "Anna Maria", "Beispiel")
