"""What the planner of a meeting asks those who register."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from shared.errors import ChangedMeanwhile, DomainError
from shared.i18n import N_
from sqlalchemy.ext.asyncio import AsyncSession

from events.meetings.model import Meeting
from events.registrations.model import RegistrationForm
from events.registrations.places import CONFIRM_HOURS
from events.registrations.schemas import FormInput, FormView, Question


class AnswerMissing(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "answer_missing"
    message = N_("Please answer this question: {question}")
    field = "answers"


class NoSuchAnswer(DomainError):
    """The planner may have changed the questions since the form was opened."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "no_such_answer"
    message = N_("The questions have changed meanwhile. Please answer them again.")
    field = "answers"


async def form_of(session: AsyncSession, meeting_id: UUID) -> FormView:
    """The questions of a meeting; none where nothing was set."""
    form = await session.get(RegistrationForm, meeting_id)
    if form is None:
        return FormView(questions=[], confirm_hours=CONFIRM_HOURS, version=0)
    return FormView.model_validate(form, from_attributes=True)


async def save_form(session: AsyncSession, meeting: Meeting, wanted: FormInput) -> FormView:
    """Replace the questions; answers that were given stay. Raises `ChangedMeanwhile`. The meeting is locked."""
    form = await session.get(RegistrationForm, meeting.id)
    if wanted.version != (form.version if form else 0):
        raise ChangedMeanwhile
    questions = [question.numbered().model_dump(mode="json") for question in wanted.questions]
    if form is None:
        form = RegistrationForm(meeting_id=meeting.id, network=meeting.network, version=1)
        session.add(form)
    else:
        form.touch()
    form.questions = questions
    form.confirm_hours = wanted.confirm_hours
    await session.flush()
    return FormView.model_validate(form, from_attributes=True)


def check_answers(questions: list[Question], given: Mapping[UUID, str]) -> dict[str, Any]:
    """The answers as they are stored: text by the question's id. Raises `AnswerMissing`, `NoSuchAnswer`."""
    if set(given) - {question.id for question in questions}:
        raise NoSuchAnswer
    answers = {}
    for question in questions:
        answer = given.get(question.id, "") if question.id else ""
        if question.required and not answer:
            raise AnswerMissing(question=question.title)
        if answer and question.choices and answer not in question.choices:
            raise NoSuchAnswer
        if answer:
            answers[str(question.id)] = answer
    return answers
