"""The command line: start, or throw the data away."""

import argparse
import sys

from shared.i18n import N_, Translator

from standalone.errors import CannotStart
from standalone.settings import read_settings
from standalone.start import reset, start

_HELP = N_(
    "Starts Dorfnetz with an example network. PORT chooses another port than 8080; DORFNETZ_HOST=0.0.0.0 and "
    "DORFNETZ_PUBLIC_URL let other machines in; DORFNETZ_DATA_DIR names another folder than .dorfnetz."
)


def run() -> int:
    """Returns the exit code: 0 after a wanted end, 1 where the platform cannot start."""
    translator = Translator("standalone")
    parser = argparse.ArgumentParser(prog="python -m standalone", description=translator.gettext(_HELP))
    parser.add_argument("--reset", action="store_true", help=translator.gettext(N_("delete the data of this folder")))
    arguments = parser.parse_args()
    try:
        settings = read_settings()
        if arguments.reset:
            deleted = reset(settings)
            print(translator.gettext(N_("The data is deleted.") if deleted else N_("There is no data to delete.")))  # noqa: T201
        else:
            start(settings, translator)
    except CannotStart as reason:
        print(f"Dorfnetz: {reason.explain(translator)}", file=sys.stderr)  # noqa: T201
        return 1
    return 0
