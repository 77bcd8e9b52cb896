"""Where allauth's own way is not ours."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest

from core.sealing import seal, unseal


class AccountAdapter(DefaultAccountAdapter):
    """allauth's own, but for how wrong tries are counted and what is asked after the password."""

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth counts for each Host header and sign-in name. The port in that header is the visitor's to choose,
        # so a guesser who changed it with every try was never stopped.
        name: str = credentials.get("username", "")
        return name.lower()

    def get_login_stages(self) -> list[str]:
        return ["accounts.stages.SecondFactorStage"]


class SecondFactorAdapter(DefaultMFAAdapter):
    """allauth's own, but secrets are sealed and the portal has its name."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        return settings.PORTAL_NAME

    def _get_site_name(self) -> str:
        return settings.PORTAL_NAME

    def _get_user_identifier(self, user: Any) -> str:
        # What an app shows beside its code: the name one signs in with, which is what one looks for there.
        return user.username
