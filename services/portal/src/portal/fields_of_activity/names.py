"""The names of the fields of activity, and which of them can be chosen."""

from collections.abc import Collection, Iterable, Mapping


class FieldNames(dict[str, str]):
    """Names by slug, in the district's order. `retired` ones are shown where they are linked, but not chosen anew."""

    def __init__(self, names: Mapping[str, str], retired: Iterable[str] = ()) -> None:
        super().__init__(names)
        self.retired = frozenset(retired)

    def to_choose(self, chosen: Collection[str] = ()) -> list[tuple[str, str]]:
        """Slug and name of what can be chosen; a retired one only where it is chosen already."""
        return [(slug, name) for slug, name in self.items() if slug not in self.retired or slug in chosen]
