import os

from registry.tables import metadata
from shared.migrations import run_environment

run_environment(metadata, os.environ.get("DORFNETZ_REGISTRY_OWNER_DATABASE_URL"))
