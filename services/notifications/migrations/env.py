import os

from notifications.tables import metadata
from shared.migrations import run_environment

run_environment(metadata, os.environ.get("DORFNETZ_NOTIFICATIONS_OWNER_DATABASE_URL"))
