"""How often a visitor may leave for the login provider: each departure is a row that waits for the return."""

from limits import RateLimitItemPerMinute

DEPARTURES_OF_CLIENT = RateLimitItemPerMinute(30, 10, namespace="departures/client")
