"""One mail to each person, however many dates of a series were changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from shared.contracts.events import MeetingNewsTold, SeriesDateNews, SeriesNewsTold
from shared.messaging import outbox
from sqlalchemy.ext.asyncio import AsyncSession

from events.meetings.model import Meeting
from events.series.model import Series


@dataclass
class Letters:
    """News of dates, with the sequence of each, by the person, contact or guest who is told."""

    _news: dict[UUID | str | None, list[tuple[MeetingNewsTold, int]]] = field(default_factory=dict)

    def collect(self, session: AsyncSession, meeting: Meeting, news: Sequence[MeetingNewsTold]) -> None:  # noqa: ARG002
        """Keep the news of one date (a `Post` of `events.meetings.concerned`)."""
        for data in news:
            self._news.setdefault(data.person_id or data.contact_id or data.email, []).append((data, meeting.version))

    def send(self, session: AsyncSession, series: Series, reason: str) -> int:
        """Tell everybody once; returns how many people that are. Of one date alone it is told as of any meeting."""
        for news in self._news.values():
            if len(news) == 1:
                data, sequence = news[0]
                subject = data.meeting.meeting_id
                outbox.record(session, data, subject=subject, sequence=sequence, network=series.network)
            else:
                letter = _letter(series, news, reason)
                outbox.record(session, letter, subject=series.id, sequence=series.version, network=series.network)
        return len(self._news)


def _letter(series: Series, news: list[tuple[MeetingNewsTold, int]], reason: str) -> SeriesNewsTold:
    to, _ = news[0]
    dates = [
        SeriesDateNews(
            meeting=data.meeting,
            sequence=sequence,
            online_link=data.online_link,
            answer=data.answer,
            before=data.before,
            cancelled=data.cancelled,
        )
        for data, sequence in sorted(news, key=lambda one: one[0].meeting.starts_at)
    ]
    return SeriesNewsTold(
        series_id=series.id,
        contact_id=to.contact_id,
        person_id=to.person_id,
        name=to.name,
        email=to.email,
        organisation_id=to.organisation_id,
        network=series.network,
        title=series.template.title,
        reason=reason,
        dates=dates,
    )
