"""What the mail with the link that confirms a sign-up says."""

from pydantic import BaseModel


class SignUpLink(BaseModel):
    """The content of a notice: who is addressed, for whom (somebody under 16, else None), and the link's secret."""

    name: str
    child: str | None
    token: str
