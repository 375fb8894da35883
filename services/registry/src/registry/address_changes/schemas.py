"""What comes in and goes out about new addresses."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints
from shared.inputs import Input


class AddressConfirmation(Input):
    token: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class AddressToConfirm(BaseModel):
    """The address that the holder of a link is about to take."""

    model_config = ConfigDict(from_attributes=True)

    email: str
