"""Free time in one cell: what people write, and what exports show."""

import pytest
from registry.imports.times import TIMES
from registry.spreadsheets.problems import WrongCell
from registry.volunteers.availability import slots_within
from shared.contracts.registry import Daytime

MORNING, AFTERNOON, EVENING = Daytime


@pytest.mark.parametrize(
    ("text", "days", "parts"),
    [
        ("Sa ganztags", [6], []),
        ("Samstag", [6], []),
        ("mo. VORMITTAGS", [1], [MORNING]),
        ("Mo, Mi abends", [1, 3], [EVENING]),
        ("Mo, Mi, abends", [1, 3], [EVENING]),
        ("Mo und Mi abends", [1, 3], [EVENING]),
        ("Mo-Fr nachmittags und abends", [1, 2, 3, 4, 5], [AFTERNOON, EVENING]),
        ("Di bis Do früh", [2, 3, 4], [MORNING]),
        ("werktags abends", [1, 2, 3, 4, 5], [EVENING]),
        ("am Wochenende", [6, 7], []),
        ("abends", [], [EVENING]),
        ("jeden Tag", [1, 2, 3, 4, 5, 6, 7], []),
    ],
)
def test_what_people_write_is_read(text: str, days: list[int], parts: list[Daytime]) -> None:
    assert TIMES.read(text) == slots_within(days, parts)


def test_each_day_may_have_parts_of_its_own() -> None:
    wanted = slots_within([1], [MORNING]) + slots_within([3], [MORNING, EVENING]) + slots_within([6], [])
    assert TIMES.read("Mo vormittags; Mi vormittags/abends\nSonnabend") == wanted
    assert TIMES.show(wanted) == "Mo vormittags, Mi vormittags und abends, Sa ganztags"


@pytest.mark.parametrize("slots", [[0], [20], [0, 1, 2, 4, 8, 20], list(range(21)), []])
def test_what_is_shown_is_read_as_the_same(slots: list[int]) -> None:
    assert TIMES.read(TIMES.show(slots)) == slots


@pytest.mark.parametrize("text", ["bald", "Mo 18 Uhr", "Mo vormittags, abends", "Fr-Mo abends", "Mo bis abends"])
def test_what_is_not_clear_is_refused(text: str) -> None:
    with pytest.raises(WrongCell) as refused:
        TIMES.read(text)
    assert refused.value.code == "free_time"
