"""When Python looks for garbage."""

import gc

_YOUNG = 50_000  # objects; Python's own 700 have a thousand objects of one answer searched again and again
_OLDER = 20  # searches of the young ones before one of those that outlived them, and of these before one of all


def settle() -> None:
    """Call once, when a process is put together: what is there stays, and is not searched any more.

    A search of all of it would hold up some request by a tenth of a second. An import of 50,000 rows, whose objects
    live as long as their batch, spent a sixth of its time with searches that found nothing.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG, _OLDER, _OLDER)
