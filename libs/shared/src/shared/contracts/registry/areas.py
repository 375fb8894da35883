"""Areas of activity, which organisations and volunteers have."""

from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class AreaKind(StrEnum):
    VILLAGE = "village"
    MUNICIPALITY = "municipality"
    NETWORK = "network"
    DISTRICT = "district"


class Area(BaseModel):
    """Area of activity (Einsatzgebiet) of a volunteer or company."""

    model_config = ConfigDict(frozen=True)
    kind: AreaKind
    id: UUID


class Surroundings(BaseModel):
    """What lies so many kilometres around a village, by air."""

    model_config = ConfigDict(frozen=True)
    village_id: UUID
    km: int


class AreaWithRadius(Area):
    """Area of activity of a volunteer. With `km`, also what lies so many kilometres around the village, by air."""

    km: int | None = None
