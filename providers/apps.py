from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProvidersConfig(AppConfig):
    name = "providers"

    def ready(self) -> None:
        from activity.registry import register_job, register_roles
        from core import slots
        from core.navigation import NavItem, register
        from providers.actions import fail_upload, run_upload
        from providers.queries import acts_for, may_upload, role_kinds_but_advice, roles_acted_in

        register_roles(roles_acted_in)
        register_job("upload", run=run_upload, on_failure=fail_upload)
        register(NavItem(text=_("Uploads"), url_name="providers:uploads", group="settings", shows=may_upload, order=60))
        register(
            NavItem(
                text=_("Staff"),
                url_name="providers:staff",
                group="settings",
                shows=lambda user: not role_kinds_but_advice(user).isdisjoint({"manager", "help_desk"}),
                order=62,
            )
        )
        slots.register(
            "header-who",
            template="providers/_acts_for.html",
            context=lambda _request, user: (found := acts_for(user)) and {"acting": found},
        )
