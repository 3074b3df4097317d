"""Signing in by ProConnect, or any other OpenID Connect server: the code flow, with state, nonce and PKCE.

ProConnect answers a user's facts as a signed token where others answer plain JSON: both are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from data.web import requests
from desks.settings import Settings
from mobility.errors import MobilityError
from mobility.late import late

if TYPE_CHECKING:
    from authlib.integrations import base_client, requests_client
    from joserfc import errors, jwk, jwt
else:
    base_client, requests_client = (
        late("authlib.integrations.base_client"),
        late("authlib.integrations.requests_client"),
    )
    errors, jwk, jwt = late("joserfc.errors"), late("joserfc.jwk"), late("joserfc.jwt")

SCOPE = "openid given_name usual_name email siret"
ALGORITHMS = ["RS256", "ES256"]
"""Signatures that are believed: never "none", nor one made with our own secret."""
TIMEOUT = 15
LONGEST_SUBJECT = 200
"""Letters of a server's name of a person that are kept."""


@dataclass(frozen=True)
class Identity:
    """Who signed in: the server's address and its name of the person, their mail, and what ends their session there.

    ``mail_verified`` says that the server vouches for the mail; one that says nothing of it does not.
    """

    issuer: str
    subject: str
    mail: str
    token: str
    mail_verified: bool = False


def issuer_of(settings: Settings) -> str:
    """Return the identity server's address, as it is kept beside what it calls a person; "" where there is none."""
    return settings.oidc_issuer.rstrip("/")


class IdentityServer:
    """An OpenID Connect server, by its issuer's address."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._facts: dict[str, Any] | None = None

    def _known(self) -> dict[str, Any]:
        """Return what the server says of itself; asked for once."""
        if self._facts is None:
            facts = self._get(self.settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration")
            if facts.get("issuer", "").rstrip("/") != self.settings.oidc_issuer.rstrip("/"):
                raise _trouble("the server calls itself by another name")
            self._facts = facts
        return self._facts

    def _get(self, address: str) -> dict[str, Any]:
        try:
            answered = requests.get(address, timeout=TIMEOUT)
            answered.raise_for_status()
            found: dict[str, Any] = answered.json()
        except (requests.RequestException, ValueError) as error:
            raise _trouble(type(error).__name__) from None
        return found

    def _client(self, back: str) -> requests_client.OAuth2Session:
        return requests_client.OAuth2Session(
            self.settings.oidc_client, self.settings.oidc_secret, scope=SCOPE, redirect_uri=back,
            code_challenge_method="S256",
        )  # fmt: skip

    def address_for(self, back: str, *, nonce: str, verifier: str) -> tuple[str, str]:
        """Return where to send a visitor to sign in, and the state to expect with the answer."""
        address, state = self._client(back).create_authorization_url(
            self._known()["authorization_endpoint"], nonce=nonce, code_verifier=verifier, acr_values="eidas1"
        )
        return str(address), str(state)

    def identity(self, back: str, code: str, *, nonce: str, verifier: str) -> Identity:
        """Exchange a code for the identity that it stands for; everything signed is checked."""
        known = self._known()
        client = self._client(back)
        try:
            token = client.fetch_token(
                known["token_endpoint"], code=code, code_verifier=verifier, grant_type="authorization_code",
                timeout=TIMEOUT,
            )  # fmt: skip
            told = client.get(known["userinfo_endpoint"], timeout=TIMEOUT)
            told.raise_for_status()
        except (base_client.OAuthError, requests.RequestException, KeyError) as error:
            raise _trouble(type(error).__name__) from None
        keys = jwk.KeySet.import_key_set(self._get(known["jwks_uri"]))  # type: ignore[arg-type]
        claims = self._claims(str(token.get("id_token", "")), keys, nonce=nonce)
        if told.headers.get("Content-Type", "").startswith("application/jwt"):
            facts = self._claims(told.text, keys, nonce=None)
        else:
            facts = _document(told)
        subject = claims["sub"]
        if facts.get("sub") != subject:
            raise _trouble("two names for one person")
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
            raise _trouble("no name for the person")
        mail = str(facts.get("email", "")).strip().lower()
        return Identity(
            issuer_of(self.settings),
            subject,
            mail if mail.isprintable() else "",
            str(token["id_token"]),
            facts.get("email_verified") is True,
        )

    def _claims(self, text: str, keys: jwk.KeySet, *, nonce: str | None) -> dict[str, Any]:
        try:
            claims = jwt.decode(text, keys, algorithms=ALGORITHMS).claims
            wanted: dict[str, Any] = {
                "iss": {"essential": True, "value": self._known()["issuer"]},
                "aud": {"essential": True, "value": self.settings.oidc_client},
                "sub": {"essential": True},
            }
            if nonce is not None:
                wanted |= {"nonce": {"essential": True, "value": nonce}, "exp": {"essential": True}}
            jwt.JWTClaimsRegistry(leeway=60, **wanted).validate(claims)
        except (errors.JoseError, ValueError) as error:
            raise _trouble(type(error).__name__) from None
        return dict(claims)

    def way_out(self, identity: str, back: str) -> str | None:
        """Return where a visitor's session ends at the server, if it says where."""
        address = self._known().get("end_session_endpoint")
        asked = urlencode({"id_token_hint": identity, "post_logout_redirect_uri": back})
        return f"{address}?{asked}" if address else None


def _document(told: requests.Response) -> dict[str, Any]:
    try:
        found = told.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _trouble("no facts of the person")
    return found


def _trouble(reason: str) -> MobilityError:
    return MobilityError(
        "identity-server", f"the identity server did not answer as it should ({reason})", field="", reason=reason
    )
