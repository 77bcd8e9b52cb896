from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self) -> None:
        from core.navigation import NavItem, register
        from providers.queries import role_kinds

        register(
            NavItem(
                text="Caseload",
                url_name="reporting:caseload",
                shows=lambda user: "adviser" in role_kinds(user),
                order=40,
            )
        )
        register(
            NavItem(
                text="September Guarantee",
                url_name="reporting:guarantee",
                shows=lambda user: "officer" in role_kinds(user),
                order=50,
            )
        )
