"""What every HTTP process has: transactions, problem+json, health, metrics, traces, documents of its API."""

from shared.web.app import create_service_app, join_routers
from shared.web.health import add_health
from shared.web.middleware import BodyLimit, RequestObserver, SecurityHeaders
from shared.web.problems import Problem, add_problem_handlers, problem_of
from shared.web.transactions import DbSession, SecretRoute, TransactionalRoute

__all__ = [
    "BodyLimit",
    "DbSession",
    "Problem",
    "RequestObserver",
    "SecretRoute",
    "SecurityHeaders",
    "TransactionalRoute",
    "add_health",
    "add_problem_handlers",
    "create_service_app",
    "join_routers",
    "problem_of",
]
