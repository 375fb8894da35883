"""How much waits on the list of what is likely entered twice."""

from shared.errors import Unavailable

from portal.web.view import View


async def waiting_pairs(view: View) -> int:
    """Pairs of the reader's scope that nobody has looked at; none while the registry does not answer."""
    try:
        counts = await view.services.registry.get("/duplicates/counts", token=await view.token())
    except Unavailable:
        return 0
    return int(sum(counts.values()))
