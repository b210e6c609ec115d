"""The institutions whose sign-in trainers may use, as the operator lists them in a file."""

from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from api.accounts.permissions import Role
from api.kit.network import is_loopback
from api.kit.refusals import details, told
from api.kit.settings import Settings
from api.kit.yaml import Fault, clean, parse

LARGEST_FILE: Final = 32_000  # bytes

Text = Annotated[str, Field(min_length=1, max_length=200)]
Texts = Annotated[tuple[Text, ...], Field(max_length=50)]
Unknown = Literal["refuse", "invite", "trainer"]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Provider(Frozen):
    """One institution: where it is, what we are called there, and whom it lets in here."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,20}$", description="A short name, which stands in addresses.")]
    name: Annotated[str, Field(min_length=1, max_length=60, description="What people call it.")]
    issuer: Annotated[str, Field(max_length=200, description="Its own address, exactly as it names itself.")]
    client_id: Text
    client_secret_file: Path | None = Field(None, description="File with our secret; without one, PKCE alone.")
    button: Annotated[str, Field(max_length=60)] = ""
    scopes: Texts = Field(("profile", "email"), description="What is asked for besides “openid”.")
    unknown: Unknown = Field("refuse", description="What happens to people who are new here.")
    domains: Texts = Field((), description="Only confirmed email addresses of these domains may enter.")
    allow: dict[Text, Texts] = Field(
        default_factory=dict, description="Claims of which one of the given values is needed, such as groups."
    )
    role_claim: Annotated[str, Field(max_length=200)] = ""
    roles: dict[Text, Role] = Field(default_factory=dict, description="Which value of role_claim gives which role.")
    second_factor: bool = Field(False, description="Whether it asks everyone for a second factor.")

    @property
    def label(self) -> str:
        return self.button or f"Sign in with {self.name}"

    @property
    def origin(self) -> str:
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"

    def secret(self) -> str:
        """Read again each time, so that it can be exchanged without a restart. Raises OSError, UnicodeDecodeError."""
        return self.client_secret_file.read_text().strip() if self.client_secret_file else ""

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        if not is_safe_address(self.issuer):
            raise ValueError("issuer begins with https:// and has neither a question mark nor a #")
        if self.roles and not self.role_claim:
            raise ValueError("roles needs role_claim, the claim whose values it names")
        return self


class Providers(Frozen):
    providers: Annotated[tuple[Provider, ...], Field(min_length=1, max_length=10)]

    @model_validator(mode="after")
    def _tell_apart(self) -> Self:
        for field in ("key", "issuer"):
            if len({getattr(one, field) for one in self.providers}) < len(self.providers):
                raise ValueError(f"two providers have the same {field}")
        return self


class UnusableProviders(Exception):
    """The file cannot be used: told before the start, since people could not sign in."""


def is_safe_address(url: str) -> bool:
    """Whether what is sent there is encrypted, or stays on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment or any(c.isspace() for c in url):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def needed_providers(settings: Settings) -> tuple[Provider, ...]:
    """The institutions of the settings' file, none without one; or UnusableProviders with one sentence on the first
    fault."""
    if not settings.providers_file:
        if settings.password_admin:
            raise UnusableProviders(
                "THREE_CIRCLES_PASSWORD_ADMIN would leave no one but this admin a way to sign in: name the "
                "institutions in THREE_CIRCLES_PROVIDERS_FILE first."
            )
        return ()
    if not settings.public_url:
        raise UnusableProviders(
            "THREE_CIRCLES_PROVIDERS_FILE needs THREE_CIRCLES_PUBLIC_URL: institutions send people back to that "
            "address alone."
        )
    path = Path(settings.providers_file)
    try:
        found, faults = read_providers(path.read_text(encoding="utf-8"))
        for provider in found:
            provider.secret()
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableProviders(f"What THREE_CIRCLES_PROVIDERS_FILE names cannot be read: {error}") from None
    if faults:
        fault = faults[0]
        raise UnusableProviders(
            f"The institutions cannot be read. {path}:{fault.line}:{fault.column}: {fault.message}. "
            "THREE_CIRCLES_PROVIDERS_FILE names the file; docs/deploy.md shows examples."
        )
    return found


def read_providers(text: str) -> tuple[tuple[Provider, ...], list[Fault]]:
    """The institutions of a file's text, or every fault why there are none."""
    text, faults = clean(text, LARGEST_FILE, "a few institutions are enough")
    if faults:
        return (), faults
    document, faults = parse(text, "the file", "providers:")
    if document is None:
        return (), faults
    try:
        return Providers.model_validate(document.data).providers, []
    except ValidationError as error:
        return (), sorted(
            Fault(*document.place(detail["loc"]), f"{_last_name(detail['loc'])} {told(detail)}".strip())
            for detail in details(error)
        )


def _last_name(path: tuple[int | str, ...]) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "")
