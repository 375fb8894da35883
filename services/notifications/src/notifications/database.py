"""The declarative base of this service's tables."""

import shared.database
from shared.database import create_metadata


class Base(shared.database.Base):
    """A table in the database of the service `notifications`."""

    __abstract__ = True
    metadata = create_metadata()
