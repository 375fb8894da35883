import os

from portal.tables import metadata
from shared.migrations import run_environment

run_environment(metadata, os.environ.get("DORFNETZ_PORTAL_OWNER_DATABASE_URL"))
