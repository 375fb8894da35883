"""What a process counts about its messages; served by /metrics in Prometheus' text format."""

from prometheus_client import Counter, Gauge

PUBLISHED = Counter("dorfnetz_events_published", "Events that the broker confirmed", ["service"])
PUBLISH_FAILURES = Counter("dorfnetz_publish_failures", "Publishes that failed and come again", ["service", "reason"])
OUTBOX_AGE = Gauge("dorfnetz_outbox_age_seconds", "Age of the oldest event that is due and not published", ["service"])
CONSUMED = Counter("dorfnetz_events_consumed", "Events that took effect or were known already", ["consumer"])
FAILURES = Counter("dorfnetz_event_failures", "Failed attempts to handle an event", ["consumer"])
DEAD_LETTERS = Counter("dorfnetz_dead_letters", "Events that were given up", ["consumer", "reason"])
TIMER_FAILURES = Counter("dorfnetz_timer_failures", "Failed runs of a timer", ["service", "timer"])
