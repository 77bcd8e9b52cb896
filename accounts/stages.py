"""What is asked between the right password and being signed in."""

from typing import Any

from allauth.account.stages import LoginStage
from django.shortcuts import redirect

from accounts.queries import second_factors_of
from accounts.sessions import factor_used
from providers.queries import roles_today


class SecondFactorStage(LoginStage):
    """Staff who have a second factor use it. Who has none yet is led to set one up (``accounts.middleware``)."""

    key = "second_factor"
    urlname = "accounts:second-factor"

    def handle(self) -> tuple[Any, bool]:
        user = self.login.user
        if roles_today(user) and not factor_used(self.request, user) and second_factors_of(user).exists():
            return redirect(self.urlname), True
        return None, True

    def abort(self) -> Any:
        # allauth's own leads to an address the portal does not have.
        from allauth.account.internal.stagekit import clear_login

        clear_login(self.request)
        return redirect("accounts:sign-in")
