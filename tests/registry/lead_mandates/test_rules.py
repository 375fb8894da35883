"""The rule of one lead association at a time, without a database."""

from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registry.lead_mandates.model import (
    EndsBeforeItBegins,
    LeadFromElsewhere,
    LeadMandate,
    LeadNotPublished,
    MandateEnded,
    OnlyAssociationsLead,
    SuccessorTooEarly,
    VillageHasLead,
    grant_lead,
)
from registry.organisations.model import Organisation, Publication
from registry.territory.model import Village
from shared.contracts.registry import OrganisationKind

FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)
VILLAGE = Village(id=uuid4(), name="Gossa")


def association(**facts: object) -> Organisation:
    kind, published = OrganisationKind.ASSOCIATION, Publication.PUBLISHED
    return Organisation(**{"id": uuid4(), "kind": kind, "publication": published, "village_id": VILLAGE.id} | facts)


def mandate(starts_on: date, until: date | None) -> LeadMandate:
    return LeadMandate(village_id=VILLAGE.id, organisation_id=uuid4(), starts_on=starts_on, until=until)


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"kind": OrganisationKind.COMPANY}, OnlyAssociationsLead),
        ({"kind": OrganisationKind.INITIATIVE}, OnlyAssociationsLead),
        ({"village_id": uuid4()}, LeadFromElsewhere),
        ({"publication": Publication.DRAFT}, LeadNotPublished),
        ({"publication": Publication.HIDDEN}, LeadNotPublished),
    ],
)
def test_who_can_lead(facts: dict[str, object], error: type[Exception]) -> None:
    assert grant_lead(VILLAGE, association(), [], FIRST, None).starts_on == FIRST
    with pytest.raises(error):
        grant_lead(VILLAGE, association(**facts), [], FIRST, None)


@pytest.mark.parametrize(
    ("starts_on", "until", "free"),
    [
        (date(2023, 1, 1), date(2023, 12, 31), True),
        (date(2023, 1, 1), date(2024, 1, 1), False),
        (date(2024, 12, 31), None, False),
        (date(2025, 1, 1), None, True),
        (date(2020, 1, 1), None, False),
        (date(2024, 6, 1), date(2024, 6, 1), False),
    ],
)
def test_two_mandates_share_no_day(starts_on: date, until: date | None, free: bool) -> None:
    others = [mandate(FIRST, LAST)]
    if free:
        assert grant_lead(VILLAGE, association(), others, starts_on, until).until == until
    else:
        with pytest.raises(VillageHasLead):
            grant_lead(VILLAGE, association(), others, starts_on, until)


days = st.dates(date(2024, 1, 1), date(2024, 2, 15))


@given(days, days | st.none(), days, days | st.none())
def test_overlap_is_what_counting_days_says(a: date, a_end: date | None, b: date, b_end: date | None) -> None:
    def covered(starts_on: date, until: date | None) -> set[int]:
        return set(range(starts_on.toordinal(), (until or date(2025, 1, 1)).toordinal() + 1))

    if b_end is not None and b_end < b:
        return
    assert mandate(a, a_end).overlaps(b, b_end) is bool(covered(a, a_end) & covered(b, b_end))


def test_a_mandate_ends_not_before_it_begins() -> None:
    with pytest.raises(EndsBeforeItBegins):
        grant_lead(VILLAGE, association(), [], LAST, FIRST)
    with pytest.raises(EndsBeforeItBegins):
        mandate(FIRST, None).end(date(2023, 12, 30))


def test_an_ended_mandate_is_not_made_longer() -> None:
    ended = mandate(FIRST, LAST)
    with pytest.raises(MandateEnded):
        ended.end(date(2025, 6, 1))
    ended.end(date(2024, 6, 1))
    assert ended.until == date(2024, 6, 1)


def test_a_successor_begins_on_the_next_day() -> None:
    present = mandate(FIRST, None)
    present.make_room_for(date(2024, 7, 1))
    assert present.until == date(2024, 6, 30)
    assert not present.overlaps(date(2024, 7, 1), None)
    with pytest.raises(SuccessorTooEarly):
        mandate(FIRST, None).make_room_for(date(2023, 12, 31))


def test_a_mandate_withdrawn_before_its_first_day_covers_no_day() -> None:
    withdrawn = mandate(FIRST, None)
    withdrawn.make_room_for(FIRST)
    assert not withdrawn.overlaps(FIRST, None)
    assert not withdrawn.overlaps(date(2023, 12, 31), date(2023, 12, 31))
