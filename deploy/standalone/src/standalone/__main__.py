"""`python -m standalone`: the whole platform in one process; `--reset` throws its data away."""

import sys


def main() -> int:
    """Returns the exit code: 0 after a wanted end, 1 where the platform cannot start."""
    try:
        from standalone.command import run  # here, so that Ctrl-C is quiet from the beginning

        return run()
    except KeyboardInterrupt:  # before anything was started
        return 0


if __name__ == "__main__":
    sys.exit(main())
