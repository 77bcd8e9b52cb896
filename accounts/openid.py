"""OpenID Connect as a client speaks it: the code flow with PKCE, state and nonce, over ``core.outgoing``.

Knows nothing of accounts: who somebody is to the portal is decided by ``actions.sign_ons``. What the other side says is
believed only where it is signed with a key its own issuer publishes, for this client, for this question.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

import jwt
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.outgoing import AskFailed, AskRefused, Limits, ask, look_at_address

LIMITS = Limits(seconds=8, quiet_seconds=5, bytes=2**18, redirects=0)
# Signed with a key of theirs that we only know the public half of. With HMAC the client secret would be enough.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LEEWAY = 60  # seconds that clocks may differ
LONGEST_SUBJECT = 255  # characters. Source: OpenID Connect Core 1.0, section 2
GOOD_FOR = 10 * 60  # seconds between leaving for the other side and coming back
TWO_FACTORS = "mfa"  # Source: RFC 8176, section 2


class SignOnFailed(Exception):
    """The other side did not prove who somebody is. The sentence says what went wrong; ``code`` is stable."""

    def __init__(self, sentence: Any, *, code: str) -> None:
        super().__init__(sentence)
        self.sentence, self.code = sentence, code


class Issuer(NamedTuple):
    """What somebody who signs people on publishes of itself."""

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str
    posts_secret: bool  # in the form instead of the header


class Question(NamedTuple):
    """What is kept of a question while somebody is away to answer it. Each is good for one answer."""

    state: str
    nonce: str
    verifier: str
    at: float

    @property
    def is_fresh(self) -> bool:
        return 0 <= time.time() - self.at <= GOOD_FOR


class Said(NamedTuple):
    """What the other side says of a person, and has proved."""

    subject: str
    email: str
    is_verified: bool
    methods: list[str]
    level: str


def discover(issuer: str) -> Issuer:
    """What the issuer publishes. Raises: SignOnFailed ``not_reached``, ``not_openid`` or ``other_issuer``."""
    said = _json("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration", code="not_openid")
    if said.get("issuer") != issuer:
        raise SignOnFailed(_("The address belongs to another issuer than the one it names."), code="other_issuer")
    named = {name: said.get(name) or "" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    userinfo = said.get("userinfo_endpoint") or ""
    for address in (*named.values(), *([userinfo] if userinfo else [])):
        check_address(address)
    ways = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Issuer(issuer, *named.values(), userinfo, "client_secret_basic" not in ways)


def check_address(address: Any) -> None:
    """A web address with encryption; without only where private networks may be asked, which production refuses.

    Raises: SignOnFailed ``address``.
    """
    try:
        target = look_at_address(address if isinstance(address, str) else "")
    except AskRefused as refusal:
        raise SignOnFailed(str(refusal), code="address") from None
    if target.scheme != "https" and not settings.OUTGOING_PRIVATE_NETWORKS:
        raise SignOnFailed(_("The address must start with https://."), code="address")


def origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def ask_who(issuer: Issuer, *, client_id: str, back: str, hint: str = "") -> tuple[str, Question]:
    """Where to send somebody so that the issuer says who they are, and what to keep until they come back."""
    question = Question(*(secrets.token_urlsafe(32) for _number in range(3)), time.time())
    challenge = base64.urlsafe_b64encode(hashlib.sha256(question.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": back,
        "scope": "openid email",
        "state": question.state,
        "nonce": question.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    joint = "&" if "?" in issuer.authorization else "?"
    return f"{issuer.authorization}{joint}{urlencode(asked | ({'login_hint': hint} if hint else {}))}", question


def hear(issuer: Issuer, *, question: Question, answer: dict[str, str], client_id: str, secret: str, back: str) -> Said:
    """Who it is, from the ``answer`` that came with the person.

    Raises: SignOnFailed ``state``, ``refused`` (by them or their issuer), ``mix_up``, ``token``, ``not_reached``.
    """
    if not question.is_fresh or not hmac.compare_digest(answer.get("state", ""), question.state):
        raise SignOnFailed(
            _("This answer does not belong to a question we asked here, or came too late."), code="state"
        )
    # Source: RFC 9207. An answer of one issuer must not be redeemed at another.
    if answer.get("iss", issuer.issuer) != issuer.issuer:
        raise SignOnFailed(_("The answer came from another issuer."), code="mix_up")
    if answer.get("error") or not answer.get("code"):
        raise SignOnFailed(_("You were not signed in there."), code="refused")
    form = {
        "grant_type": "authorization_code",
        "code": answer["code"],
        "redirect_uri": back,
        "code_verifier": question.verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if issuer.posts_secret:
        form |= {"client_id": client_id, "client_secret": secret}
    else:
        pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    tokens = _json("POST", issuer.token, headers=headers, content=urlencode(form).encode(), code="token")
    claims = _claims(tokens.get("id_token"), issuer, client_id=client_id, nonce=question.nonce)
    if not claims.get("email") and issuer.userinfo and isinstance(tokens.get("access_token"), str):
        more = _json(
            "GET", issuer.userinfo, headers={"Authorization": f"Bearer {tokens['access_token']}"}, code="token"
        )
        if more.get("sub") == claims["sub"]:
            claims |= {name: more[name] for name in ("email", "email_verified") if name in more}
    methods = claims.get("amr")
    return Said(
        subject=claims["sub"],
        email=claims["email"] if isinstance(claims.get("email"), str) else "",
        is_verified=claims.get("email_verified") in (True, "true"),
        methods=[method for method in methods if isinstance(method, str)] if isinstance(methods, list) else [],
        level=claims["acr"] if isinstance(claims.get("acr"), str) else "",
    )


def _claims(token: Any, issuer: Issuer, *, client_id: str, nonce: str) -> dict[str, Any]:
    """What the ID token says, once all that makes it ours is checked. Source: OpenID Connect Core 1.0, 3.1.3.7."""
    wrong = SignOnFailed(_("The answer could not be checked, so it was not believed."), code="token")
    if not isinstance(token, str):
        raise wrong
    try:
        key = _key(token, _json("GET", issuer.keys, code="token"))
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            audience=client_id,
            issuer=issuer.issuer,
            leeway=LEEWAY,
            options={"require": ["iss", "aud", "exp", "iat", "sub", "nonce"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError):
        raise wrong from None
    subject, audience = claims["sub"], claims["aud"]
    is_for_others = isinstance(audience, list) and len(audience) > 1
    if claims.get("azp", None if is_for_others else client_id) != client_id:
        raise wrong
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or "\0" in subject:
        raise wrong
    if not isinstance(claims["nonce"], str) or not hmac.compare_digest(claims["nonce"].encode(), nonce.encode()):
        raise wrong
    return claims


def _key(token: str, published: dict[str, Any]) -> jwt.PyJWK:
    """The published key the token says it is signed with; the only one, where it does not say."""
    named = jwt.get_unverified_header(token).get("kid")
    keys = [key for key in jwt.PyJWKSet.from_dict(published).keys if named is None or key.key_id == named]
    if len(keys) != 1:
        raise jwt.InvalidTokenError
    return keys[0]


def _json(
    method: str, address: str, *, code: str, headers: dict[str, str] | None = None, content: bytes = b""
) -> dict[str, Any]:
    check_address(address)
    try:
        with ask(method, address, headers=headers, content=content, limits=LIMITS) as answer:
            body, status = b"".join(answer.chunks()), answer.status
    except (AskFailed, AskRefused) as problem:
        raise SignOnFailed(str(problem), code="not_reached") from None
    try:
        said = json.loads(body) if status == 200 else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise SignOnFailed(_("The other side did not answer as OpenID Connect asks."), code=code)
    return said
