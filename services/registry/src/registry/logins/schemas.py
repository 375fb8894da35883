"""What comes in and goes out over HTTP about logging in."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from shared.i18n import N_
from shared.inputs import Email, Input
from shared.web.problems import FieldError

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a kind, not a secret
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"  # noqa: S105

Secret = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class _Exchange(BaseModel):
    """Parameters that are not known are ignored (RFC 6749, section 3.2)."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class LoginCodeExchange(_Exchange):
    """Exchange a single-use login code."""

    grant_type: Literal["login_code"]
    code: Secret


class RefreshExchange(_Exchange):
    """Exchange a refresh token; it is used up, the answer has the next one."""

    grant_type: Literal["refresh_token"]
    refresh_token: Secret


class ClientCredentials(_Exchange):
    """An API client's own id and secret (RFC 6749, section 4.4); here, or by HTTP Basic. There is no refresh token."""

    grant_type: Literal["client_credentials"]
    client_id: Secret
    client_secret: Secret


class IdTokenExchange(_Exchange):
    """Exchange an ID token of the configured OpenID Connect provider (RFC 8693, section 2.1)."""

    grant_type: Literal["urn:ietf:params:oauth:grant-type:token-exchange"]
    subject_token: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
    subject_token_type: Literal["urn:ietf:params:oauth:token-type:id_token"]


TokenRequest = Annotated[
    LoginCodeExchange | RefreshExchange | ClientCredentials | IdTokenExchange, Field(discriminator="grant_type")
]


class TokenAnswer(BaseModel):
    """As in RFC 6749, section 5.1, and RFC 8693, section 2.2.1. `expires_in` is in seconds."""

    access_token: str
    issued_token_type: str = ACCESS_TOKEN
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a kind, not a secret
    expires_in: int
    refresh_token: str | None = None


class LogoutRequest(Input):
    refresh_token: Secret


def _own_path(value: str) -> str:
    """A path of our own pages: a mail of ours never leads elsewhere."""
    if not value.startswith("/") or value.startswith("//") or "\\" in value or not value.isprintable():
        raise FieldError("own_path", N_("This is not an address of these pages."))
    return value


class LoginLinkRequest(Input):
    """Whom to send a login link to; `next` is the path of the page to go on with."""

    email: Email
    next: Annotated[str, StringConstraints(max_length=500), AfterValidator(_own_path)] | None = None


class LoginLinkAnswer(BaseModel):
    """The same for every address. If somebody has it, a mail is on its way; its link works for `expires_in` seconds."""

    expires_in: int


class KeySetAnswer(BaseModel):
    """Public keys as a JSON Web Key Set (RFC 7517)."""

    keys: list[dict[str, Any]]
