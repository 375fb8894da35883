"""The declarative base of the portal's tables."""

import shared.database
from shared.database import create_metadata


class Base(shared.database.Base):
    """A table in the portal's database."""

    __abstract__ = True
    metadata = create_metadata()
