"""Many register for one meeting at the same time: all who wait are served by one transaction, in order of arrival.

A transaction of its own for each would wait for the lock of the meeting's row and then for the disk, one after the
other (decision 0035). Whoever's turn it is serves everybody who stands in line by then; the others find their answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar
from uuid import UUID

from fastapi import Response
from shared.access.grants import Access
from shared.access.tenancy import EVERYTHING, enter_scopes
from shared.database import transaction
from shared.errors import DomainError, NotLoggedIn, Unavailable
from shared.messaging.transport import Sessions
from shared.web import TransactionalRoute
from shared.web.idempotency import Command, keep_answers, kept_answers
from shared.web.transactions import gone_among
from shared.web.turns import Turns
from sqlalchemy.ext.asyncio import AsyncSession

from events.meetings import queries as meetings
from events.registrations.handlers import Wanted, register_all
from events.registrations.schemas import Coming, RegistrationView

AT_ONCE = 50  # in one transaction


class MeetingRoute(TransactionalRoute):
    """Whoever changes who comes to a meeting locks its row, so the others may as well wait before they read."""

    in_turn_by: ClassVar[str | None] = "meeting_id"


@dataclass(eq=False)
class _Waiting:
    wanted: Wanted
    command: Command | None
    answer: Response | Exception | None = None


class Desk:
    """`await desk.register(…)`: the answer to one registration, after the commit of those that it shared."""

    def __init__(self, sessions: Sessions, turns: Turns) -> None:
        self._sessions, self._turns = sessions, turns
        self._lines: dict[UUID, list[_Waiting]] = {}

    async def register(
        self, meeting_id: UUID, access: Access, coming: Coming, command: Command | None = None
    ) -> Response:
        """Raises `NotFound`, `NotLoggedIn` for somebody who was erased, `Unavailable` and what `register_all` names."""
        me = _Waiting(Wanted(access, coming), command)
        line = self._lines.setdefault(meeting_id, [])
        line.append(me)
        try:
            async with self._turns.of(str(meeting_id)):
                if me.answer is None:
                    await self._serve(meeting_id, _together(line))
        finally:
            line.remove(me)
            if not line:
                del self._lines[meeting_id]
        if not isinstance(me.answer, Response):
            raise me.answer or Unavailable
        return me.answer

    async def _serve(self, meeting_id: UUID, together: Sequence[_Waiting]) -> None:
        """One that breaks the transaction harms no neighbour: each is then served alone."""
        try:
            answers = await self._answer_all(meeting_id, together)
        except Exception as error:
            if len(together) == 1 or isinstance(error, DomainError):  # it concerns the meeting
                answers = dict.fromkeys(together, error)
            else:
                for one in together:
                    await self._serve(meeting_id, [one])
                return
        for one, answer in answers.items():
            one.answer = answer

    async def _answer_all(
        self, meeting_id: UUID, together: Sequence[_Waiting]
    ) -> Mapping[_Waiting, Response | Exception]:
        async with transaction(self._sessions) as session:
            await enter_scopes(session, [EVERYTHING])  # `register_all` looks at what each of them may know
            meeting = await meetings.lock_list(session, meeting_id)
            answers = await _known(session, together)
            new = [one for one in together if one not in answers]
            done = await register_all(session, meeting, [one.wanted for one in new])
            await session.flush()
            answers |= {one: _answer(said) for one, said in zip(new, done, strict=True)}
            commands = {one.command: answers[one] for one in new if one.command}
            await keep_answers(session, {one: said for one, said in commands.items() if isinstance(said, Response)})
        return answers


def _together(line: Sequence[_Waiting]) -> list[_Waiting]:
    """The next ones. A command that came twice is answered the second time by what is kept of the first."""
    chosen: list[_Waiting] = []
    commands: set[Command] = set()
    for one in line:
        if one.answer is None and one.command not in commands:
            chosen.append(one)
            commands |= {one.command} if one.command else set()
    return chosen[:AT_ONCE]


async def _known(session: AsyncSession, together: Sequence[_Waiting]) -> dict[_Waiting, Response | Exception]:
    """Answers to those who were erased or merged meanwhile, and to repeated commands."""
    gone = await gone_among(session, [one.wanted.access.principal.id for one in together])
    kept = await kept_answers(session, [one.command for one in together if one.command])
    answers: dict[_Waiting, Response | Exception] = {}
    for one in together:
        if one.wanted.access.principal.id in gone:
            answers[one] = NotLoggedIn()
        elif one.command and (row := kept.get((one.command.key, one.command.caller))):
            try:
                answers[one] = one.command.replay(row)
            except DomainError as refused:
                answers[one] = refused
    return answers


def _answer(said: RegistrationView | DomainError) -> Response | DomainError:
    if isinstance(said, DomainError):
        return said
    return Response(said.model_dump_json(), HTTPStatus.CREATED, media_type="application/json")
