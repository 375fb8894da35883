"""What comes in and goes out over HTTP about consents."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints
from shared.contracts.registry import ConsentPurpose
from shared.i18n import N_
from shared.inputs import Day, Input
from shared.web.problems import FieldError

from registry.consents.model import Consent, ConsentChannel
from registry.consents.texts import TEXTS, current_version, text_of
from registry.people.schemas import PersonName


class StaffChannel(StrEnum):
    """How somebody told the staff."""

    PAPER = ConsentChannel.PAPER.value
    TELEPHONE = ConsentChannel.TELEPHONE.value
    IN_PERSON = ConsentChannel.IN_PERSON.value

    @property
    def channel(self) -> ConsentChannel:
        return ConsentChannel(self.value)


TextVersion = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}$")]
"""The version of the words that were shown."""


def _agreed(value: Any) -> Any:
    if value is not True:  # Literal[True] alone also takes the number 1
        raise FieldError("consent_needed", N_("Without your consent we may not keep what you entered."))
    return value


Agreed = Annotated[Literal[True], BeforeValidator(_agreed)]


class PurposeAgreed(Input):
    """One purpose that a person agrees to, in the words of this version."""

    purpose: ConsentPurpose
    text_version: TextVersion


class OwnConsent(Input):
    """That the caller agrees, in the words of this version of the text."""

    given: Agreed
    text_version: TextVersion


class RecordedConsent(PurposeAgreed):
    """A consent that somebody gave to the staff; `guardian` is who agreed for somebody under 16."""

    channel: StaffChannel
    given_on: Day | None = None  # today unless given: the day on the paper
    guardian: PersonName | None = None


class RecordedWithdrawal(Input):
    channel: StaffChannel


class Unsubscription(Input):
    """The token of a mail's link."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class GuardianWithdrawal(Unsubscription):
    """What a guardian withdraws, and the token of the link by which they agreed."""

    purpose: ConsentPurpose


class GuardianAnswer(BaseModel):
    """What holds for a child now, for the guardian who agreed."""

    name: str
    purposes: list[ConsentPurpose]


class ConsentText(BaseModel):
    """The words to be shown before somebody agrees."""

    purpose: ConsentPurpose
    version: str
    text: str

    @classmethod
    def current(cls, purpose: ConsentPurpose) -> "ConsentText":
        version = current_version(purpose)
        return cls(purpose=purpose, version=version, text=text_of(purpose, version))


class ConsentTextsAnswer(BaseModel):
    items: list[ConsentText]


class ConsentAnswer(BaseModel):
    """One consent of the history. `recorded_by` and `withdrawn_by` are None for the person themselves."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    purpose: ConsentPurpose
    text_version: str
    channel: ConsentChannel
    recorded_by: UUID | None
    given_on: date
    given_at: datetime
    guardian: str | None
    withdrawn_at: datetime | None
    withdrawn_by: UUID | None
    withdrawn_channel: ConsentChannel | None


class PurposeState(ConsentText):
    """One purpose: the present words, and the consent that holds now, which may be to older words."""

    consent: ConsentAnswer | None


class ConsentsAnswer(BaseModel):
    """Every purpose, and everything that was given and withdrawn, the newest first.

    `under_16`: only a guardian can give consents.
    """

    person_id: UUID
    name: str
    under_16: bool
    items: list[PurposeState]
    history: list[ConsentAnswer]

    @classmethod
    def of(cls, person_id: UUID, name: str, consents: Sequence[Consent], *, under_16: bool) -> "ConsentsAnswer":
        history = [ConsentAnswer.model_validate(consent) for consent in consents]
        present = {consent.purpose: consent for consent in history if consent.withdrawn_at is None}
        states = [
            PurposeState(**ConsentText.current(purpose).model_dump(), consent=present.get(purpose)) for purpose in TEXTS
        ]
        return cls(person_id=person_id, name=name, under_16=under_16, items=states, history=history)
