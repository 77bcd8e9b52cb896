"""Where allauth's own way is not ours."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """allauth's own, but for how wrong tries are counted."""

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth counts for each Host header and sign-in name. The port in that header is the visitor's to choose,
        # so a guesser who changed it with every try was never stopped.
        name: str = credentials.get("username", "")
        return name.lower()
