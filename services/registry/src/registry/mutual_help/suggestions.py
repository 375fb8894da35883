"""Who could help with a need, best first, with reasons; and where nobody could.

One statement each, in SQL as it is: reasons are columns, and the database ranks 50,000 volunteers where they are.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from registry.mutual_help.model import HelpEntry
from registry.volunteers.availability import slots_within

MOST = 30
NEIGHBOURING_KM = 10
"""By air: as far as people think of a neighbouring village."""

# Volunteers agree to be asked by the office (purpose `contact`); its platform writes to them, so the seeker learns
# nothing of who they are. Who is under 16 is asked by people alone, through their guardian.
_VOLUNTEERS = """
    volunteer.paused_at IS NULL
    AND person.birth_date IS NULL
    AND EXISTS (
        SELECT FROM consent
        WHERE consent.person_id = volunteer.person_id AND consent.purpose = 'contact' AND withdrawn_at IS NULL
    )
"""

_FREE = "volunteer.slots && CAST(:slots AS smallint[])"
_FREE_DAYS = """
    ARRAY(
        SELECT DISTINCT slot / 3 + 1 FROM unnest(volunteer.slots) slot
        WHERE slot / 3 + 1 = ANY (need.weekdays) AND slot = ANY (CAST(:slots AS smallint[])) ORDER BY 1
    )
"""

SUGGESTIONS = f"""
WITH need AS MATERIALIZED (
    SELECT e.id, e.kind, e.organisation_id, e.village_id, v.network_id, v.municipality_id, e.weekdays, e.daytimes,
        daterange(e.starts_on, e.ends_on, '[]') AS days, num_nonnulls(e.starts_on, e.ends_on) > 0 AS is_dated,
        ARRAY(SELECT field_id FROM help_entry_field WHERE entry_id = e.id) AS fields
    FROM help_entry e JOIN village v ON v.id = e.village_id
    WHERE e.id = :need
),
place (area_id, rank) AS MATERIALIZED (
    SELECT village_id, 1 FROM need
    UNION ALL SELECT network_id, 2 FROM need WHERE network_id IS NOT NULL
    UNION ALL SELECT municipality_id, 4 FROM need
    UNION ALL SELECT id, 6 FROM district
),
around AS MATERIALIZED (
    SELECT home.id AS area_id, distance_km(home.latitude, home.longitude, here.latitude, here.longitude) AS away
    FROM need JOIN village here ON here.id = need.village_id CROSS JOIN village home
),
near AS (
    SELECT volunteer_id, min(rank) AS rank
    FROM (
        SELECT area.volunteer_id, place.rank FROM volunteer_area area JOIN place USING (area_id)
        UNION ALL
        SELECT area.volunteer_id, CASE WHEN around.away <= {NEIGHBOURING_KM} THEN 3 ELSE 5 END
        FROM around JOIN volunteer_area area ON area.area_id = around.area_id AND area.km >= around.away
    ) reached
    WHERE (SELECT kind IN ('people', 'expertise') FROM need)
    GROUP BY volunteer_id
),
fitting AS MATERIALIZED (
    SELECT near.volunteer_id AS id, near.rank, count(f.field_id) AS fields
    FROM near LEFT JOIN volunteer_field f
        ON f.volunteer_id = near.volunteer_id AND f.field_id = ANY ((SELECT fields FROM need)::uuid[])
    WHERE CAST(:only AS uuid) IS NULL OR near.volunteer_id = :only
    GROUP BY near.volunteer_id, near.rank
    HAVING count(f.field_id) > 0 OR (SELECT cardinality(fields) = 0 FROM need)
),
helper AS (
    (
        SELECT 'volunteer' AS source, volunteer.id, volunteer.person_id, NULL::uuid AS offer_id,
            fitting.rank, fitting.fields, {_FREE} AS free, {_FREE_DAYS} AS weekdays,
            need.is_dated AND num_nonnulls(volunteer.available_from, volunteer.available_until) > 0 AS in_time,
            person.email IS NOT NULL AS reachable
        FROM need CROSS JOIN fitting
        JOIN volunteer ON volunteer.id = fitting.id JOIN person ON person.id = volunteer.person_id
        WHERE {_VOLUNTEERS}
            AND (volunteer.slots = '{{}}' OR CAST(:slots AS smallint[]) = '{{}}' OR {_FREE})
            AND daterange(volunteer.available_from, volunteer.available_until, '[]') && need.days
        ORDER BY fitting.fields > 0 DESC, fitting.rank, free DESC, fitting.fields DESC, volunteer.id LIMIT :most
    )
    UNION ALL
    SELECT 'offer', o.id, NULL, o.id, coalesce(CASE
            WHEN o.village_id = need.village_id THEN 1
            WHEN w.network_id = need.network_id THEN 2
            WHEN w.municipality_id = need.municipality_id THEN 4
        END, p.rank),
        (SELECT count(*) FROM help_entry_field f WHERE f.entry_id = o.id AND f.field_id = ANY (need.fields)),
        o.daytimes && need.daytimes,
        ARRAY(SELECT unnest(o.weekdays) INTERSECT SELECT unnest(need.weekdays) ORDER BY 1),
        need.is_dated AND num_nonnulls(o.starts_on, o.ends_on) > 0,
        EXISTS (
            SELECT FROM contact c JOIN person ON person.id = c.person_id
            WHERE c.organisation_id = o.organisation_id AND c.until IS NULL AND person.email IS NOT NULL
        )
    FROM need
    JOIN help_entry o ON o.side = 'offer' AND o.state = 'open' AND o.kind = need.kind
    JOIN organisation ON organisation.id = o.organisation_id AND organisation.publication = 'published'
    JOIN village w ON w.id = o.village_id
    LEFT JOIN place p ON p.area_id = o.area_id
    WHERE o.organisation_id <> need.organisation_id
        AND (CAST(:only AS uuid) IS NULL OR o.id = :only)
        AND (o.ends_on IS NULL OR o.ends_on >= current_date)
        AND daterange(o.starts_on, o.ends_on, '[]') && need.days
        AND (o.weekdays = '{{}}' OR need.weekdays = '{{}}' OR o.weekdays && need.weekdays)
        AND (o.daytimes = '{{}}' OR need.daytimes = '{{}}' OR o.daytimes && need.daytimes)
        AND (
            p.rank IS NOT NULL
            OR o.village_id = need.village_id
            OR w.network_id = need.network_id
            OR w.municipality_id = need.municipality_id
        )
)
SELECT helper.source, helper.id, helper.person_id, o.title, o.organisation_id, o.village_id, helper.weekdays,
    helper.reachable, request.state AS request,
    array_remove(ARRAY[
        CASE WHEN helper.fields > 0 THEN 'same_field' END,
        CASE helper.rank
            WHEN 1 THEN 'same_village' WHEN 2 THEN 'same_network' WHEN 3 THEN 'neighbouring_village'
            WHEN 4 THEN 'same_municipality' WHEN 5 THEN 'within_radius' ELSE 'whole_district'
        END,
        CASE WHEN helper.weekdays <> '{{}}' THEN 'same_weekday' END,
        CASE WHEN helper.free AND (SELECT daytimes <> '{{}}' FROM need) THEN 'same_time' END,
        CASE WHEN helper.in_time THEN 'in_time' END
    ], NULL) AS reasons,
    ARRAY(
        SELECT field.slug::text FROM field_of_activity field
        WHERE field.id = ANY ((SELECT fields FROM need)::uuid[]) AND (
            EXISTS (SELECT FROM volunteer_field f WHERE f.volunteer_id = helper.id AND f.field_id = field.id)
            OR EXISTS (SELECT FROM help_entry_field f WHERE f.entry_id = helper.offer_id AND f.field_id = field.id)
        )
        ORDER BY field.position
    ) AS fields
FROM helper
LEFT JOIN help_entry o ON o.id = helper.offer_id
LEFT JOIN help_request request ON request.need_id = :need
    AND (request.offer_id = helper.offer_id OR request.person_id = helper.person_id)
ORDER BY helper.fields > 0 DESC, helper.rank, helper.weekdays <> '{{}}' DESC, helper.in_time DESC,
    helper.source, helper.fields DESC, helper.id
LIMIT :most
"""  # noqa: S608 - constants; values are parameters

GAPS = f"""
WITH need AS MATERIALIZED (
    SELECT e.id, e.kind, e.organisation_id, e.village_id, v.network_id, v.municipality_id, f.field_id
    FROM help_entry e
    JOIN village v ON v.id = e.village_id
    JOIN organisation ON organisation.id = e.organisation_id AND organisation.publication = 'published'
    LEFT JOIN help_entry_field f ON f.entry_id = e.id
    WHERE e.side = 'need' AND e.state = 'open' AND (e.ends_on IS NULL OR e.ends_on >= current_date)
        AND e.village_id = ANY (CAST(:villages AS uuid[]))
)
SELECT need.village_id, field.slug AS field, count(*) AS needs, count(*) FILTER (WHERE NOT (
    EXISTS (
        SELECT FROM help_entry o
        JOIN village w ON w.id = o.village_id
        JOIN organisation ON organisation.id = o.organisation_id AND organisation.publication = 'published'
        WHERE o.side = 'offer' AND o.state = 'open' AND o.kind = need.kind AND o.organisation_id <> need.organisation_id
            AND (o.ends_on IS NULL OR o.ends_on >= current_date)
            AND (need.field_id IS NULL OR need.field_id IN (
                SELECT f.field_id FROM help_entry_field f WHERE f.entry_id = o.id
            ))
            AND (
                w.network_id = need.network_id OR w.municipality_id = need.municipality_id OR o.area_kind = 'district'
                OR o.area_id IN (need.village_id, need.network_id, need.municipality_id)
            )
    )
    OR need.kind IN ('people', 'expertise') AND EXISTS (
        SELECT FROM volunteer_area area
        JOIN volunteer ON volunteer.id = area.volunteer_id
        JOIN person ON person.id = volunteer.person_id
        WHERE (
                area.kind = 'district'
                OR area.area_id IN (need.village_id, need.network_id, need.municipality_id)
                OR area.km >= (
                    SELECT distance_km(home.latitude, home.longitude, here.latitude, here.longitude)
                    FROM village home, village here WHERE home.id = area.area_id AND here.id = need.village_id
                )
            )
            AND (need.field_id IS NULL OR EXISTS (
                SELECT FROM volunteer_field f WHERE f.volunteer_id = volunteer.id AND f.field_id = need.field_id
            ))
            AND {_VOLUNTEERS}
    )
)) AS without_supply
FROM need LEFT JOIN field_of_activity field ON field.id = need.field_id
GROUP BY need.village_id, field.slug, field.position
ORDER BY need.village_id, field.position
"""  # noqa: S608 - constants; values are parameters


async def suggest(session: AsyncSession, need: HelpEntry, only: UUID | None = None) -> Sequence[Row[Any]]:
    """At most `MOST` helpers for a need, best first: rows with `source`, `id`, `person_id`, `reasons` and more.

    A matching field comes first, then the way (same village, network, neighbouring village, municipality, so many
    kilometres around, anywhere in the district), then the time: who is free at another one is not among them. `only`
    asks whether this volunteer or offer is among them. The session must see every row.
    """
    slots = slots_within(need.weekdays, need.daytimes)
    asked = {"need": need.id, "only": only, "most": MOST, "slots": slots}
    found = await session.execute(text(SUGGESTIONS), asked)
    return found.all()


async def find_gaps(session: AsyncSession, villages: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Open needs of these villages by village and field, and how many of them have no supply at all.

    A need with two fields counts in both. The session must see every row; what is told are counts.
    """
    return (await session.execute(text(GAPS), {"villages": list(villages)})).all()
