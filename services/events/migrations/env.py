import os

from events.tables import metadata
from shared.migrations import run_environment

run_environment(metadata, os.environ.get("DORFNETZ_EVENTS_OWNER_DATABASE_URL"))
