"""`python -m benchmarks [row …]`: measure, print the ratios, fail when one is below its floor."""

import argparse
import statistics
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
import uvloop

from benchmarks import consumer, feeds, imports, lists, registrations, relay, search, suggestions
from benchmarks.servers import Place, place

Measure = Callable[[Place], Awaitable[float]]


@dataclass(frozen=True)
class Row:
    """A ratio of two rates; `floor` must be reached, `target` is where it should go."""

    name: str
    title: str
    measured: Measure
    baseline: Measure
    baseline_title: str
    floor: float
    target: float


ROWS = (
    Row(
        "relay", "relay, 10,000 rows", relay.measure_relay, relay.measure_aio_pika, "aio-pika, 100 in flight", 0.9, 1.5
    ),
    Row(
        "consumer",
        "consumer with inbox and effect",
        consumer.measure_consumer,
        consumer.measure_faststream,
        "FastStream consumer without database",
        0.8,
        2.0,
    ),
    Row(
        "suggestions",
        "suggestions for one need at p95, 50,000 volunteers",
        suggestions.measure_suggestions,
        suggestions.measure_sql,
        "the same statements by asyncpg",
        0.2,
        0.33,
    ),
    Row(
        "search",
        "search p95, 3,000 organisations and 50,000 volunteers",
        search.measure_search,
        search.measure_sql,
        "the same statements by asyncpg",
        0.25,
        0.33,
    ),
    Row(
        "registrations",
        "200 registrations at once for 20 places",
        registrations.measure_registrations,
        registrations.measure_bare,
        "INSERT ... SELECT under the same lock",
        0.5,
        0.6,
    ),
    Row(
        "feed",
        "a calendar feed with 2,000 meetings, made anew",
        feeds.measure_feed,
        feeds.measure_icalendar,
        "icalendar writing the same calendar",
        0.33,
        0.5,
    ),
    Row(
        "import",
        "import of 50,000 volunteers",
        imports.measure_import,
        imports.measure_loop,
        "COPY plus validation of the same rows in a plain loop",
        0.25,
        0.33,
    ),
    *(
        Row(
            name,
            f"pages of {name} at p95, 3,000 organisations and 50,000 volunteers",
            lists.over_http(requests),
            lists.by_asyncpg(requests),
            "the same statements by asyncpg",
            0.25,
            0.33,
        )
        for name, requests in (
            ("organisations", lists.ORGANISATIONS),
            ("volunteers", lists.VOLUNTEERS),
            ("needs", lists.NEEDS),
        )
    ),
)


def main() -> None:
    """Measure the chosen rows. Exit status 1: a floor was missed."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="row", help=f"{', '.join(row.name for row in ROWS)}; all by default")
    parser.add_argument("--runs", type=int, default=3, help="interleaved runs; their medians count (default 3)")
    options = parser.parse_args()
    unknown = set(options.rows) - {row.name for row in ROWS}
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    print("Starting PostgreSQL and RabbitMQ ...", flush=True)
    with place() as here:
        chosen = [row for row in ROWS if not options.rows or row.name in options.rows]
        reached = [_measure(row, here, options.runs) for row in chosen]
    sys.exit(0 if all(reached) else 1)


def _measure(row: Row, here: Place, runs: int) -> bool:
    print(f"\n{row.title}  (baseline: {row.baseline_title})")
    rates: list[float] = []
    baselines: list[float] = []
    for number in range(1, runs + 1):
        baselines.append(uvloop.run(_rate(row.baseline, here)))
        rates.append(uvloop.run(_rate(row.measured, here)))
        print(f"  run {number} of {runs}: {rates[-1]:>7,.0f}/s   baseline {baselines[-1]:>7,.0f}/s", flush=True)
    ratio = statistics.median(rates) / statistics.median(baselines)
    verdict = "target reached" if ratio >= row.target else "floor reached" if ratio >= row.floor else "BELOW THE FLOOR"
    print(f"  ratio {ratio:.2f}   floor {row.floor}   target {row.target}   {verdict}")
    return ratio >= row.floor


async def _rate(measure: Measure, here: Place) -> float:
    return await measure(here)


main()
