from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self) -> None:
        from accounts.registry import register_home
        from core import loading, slots
        from core.navigation import NavItem, register
        from providers.queries import role_kinds
        from providers.uploads import register as register_upload
        from reporting import kinds, messages, personal, tasks
        from reporting.actions import load_statuses
        from reporting.exchange.kind import CASELOAD
        from reporting.queries.reports import reads_reports
        from reporting.slots import guarantee_status

        personal.register()
        messages.register()
        kinds.register()
        tasks.register()
        register_upload(CASELOAD)
        loading.register_reference("guarantee_statuses", load_statuses)
        slots.register("learner-desk", template="reporting/_guarantee_status.html", context=guarantee_status)

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
                group="figures",
                shows=lambda user: not role_kinds(user).isdisjoint({"officer", "adviser", "coordinator"}),
                order=50,
            )
        )
        register(
            NavItem(
                text=_("Guarantee in all areas"),
                url_name="reporting:guarantee-areas",
                group="figures",
                shows=lambda user: "help_desk" in role_kinds(user),
                order=52,
            )
        )
        register(
            NavItem(
                text=_("Cohorts"),
                url_name="reporting:cohorts",
                group="figures",
                shows=lambda user: not role_kinds(user).isdisjoint({"coordinator", "adviser", "officer"}),
                order=55,
                also=(
                    "reporting:take-up",
                    "reporting:saved-cohorts",
                    "reporting:destinations",
                    "reporting:destination-names",
                    "applications:enrolments",
                ),
            )
        )
        register(
            NavItem(
                text=_("Reports"),
                url_name="reporting:reports",
                group="figures",
                shows=reads_reports,
                order=60,
                also=(
                    "reporting:report",
                    "reporting:report-run",
                    "reporting:report-schedule",
                    "reporting:reports-taken",
                ),
            )
        )
        register(
            NavItem(
                text=_("Returns"),
                url_name="reporting:returns",
                group="figures",
                shows=lambda user: "officer" in role_kinds(user),
                order=65,
                also=("reporting:return", "reporting:return-findings", "reporting:record-codes"),
            )
        )
        register(
            NavItem(
                text=_("Caseload system"),
                url_name="reporting:exchange",
                group="figures",
                shows=lambda user: "officer" in role_kinds(user),
                order=66,
            )
        )
        register_home("reporting:caseload", is_for=lambda user: "adviser" in role_kinds(user), order=10)
        register_home("reporting:guarantee", is_for=lambda user: "officer" in role_kinds(user), order=20)
