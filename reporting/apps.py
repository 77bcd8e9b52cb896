from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self) -> None:
        from accounts.registry import register_home
        from core.navigation import NavItem, register
        from providers.queries import role_kinds

        register(
            NavItem(
                text=_("Caseload"),
                url_name="reporting:caseload",
                shows=lambda user: "adviser" in role_kinds(user),
                order=40,
            )
        )
        register(
            NavItem(
                text=_("September Guarantee"),
                url_name="reporting:guarantee",
                shows=lambda user: "officer" in role_kinds(user),
                order=50,
            )
        )
        register(
            NavItem(
                text=_("Cohorts"),
                url_name="reporting:cohorts",
                group="settings",
                shows=lambda user: not role_kinds(user).isdisjoint({"coordinator", "adviser", "officer"}),
                order=55,
                also=("reporting:take-up",),
            )
        )
        register_home("reporting:caseload", is_for=lambda user: "adviser" in role_kinds(user), order=10)
        register_home("reporting:guarantee", is_for=lambda user: "officer" in role_kinds(user), order=20)
