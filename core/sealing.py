"""Short secrets that must be kept and read again, such as another system's key: sealed with the portal's own key."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SealBroken(Exception):
    """It was sealed with a key this portal does not have, or was changed since."""


def seal(text: str) -> str:
    """The text as it may be stored. A copy of the database alone does not give it away."""
    return _sealer().encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """The text that was sealed, with the present secret key or one of the older ones. Raises: SealBroken."""
    try:
        return _sealer().decrypt(sealed.encode("ascii")).decode()
    except (InvalidToken, UnicodeError):
        raise SealBroken from None


def _sealer() -> MultiFernet:
    secrets = [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    # A key of its own, so that what is signed elsewhere with the secret key can never pass for something sealed.
    keys = (hashlib.sha256(b"portal.sealing:" + secret.encode()).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
