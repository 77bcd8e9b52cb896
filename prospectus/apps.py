from typing import Any

from django.apps import AppConfig


class ProspectusConfig(AppConfig):
    name = "prospectus"

    def ready(self) -> None:
        from accounts.registry import register_home
        from activity.registry import register_job
        from core.navigation import NavItem
        from core.navigation import register as register_navigation
        from prospectus.actions.rollover import JOB_KIND, run_roll_over
        from prospectus.imports import COURSES
        from providers import uploads
        from providers.queries import role_kinds

        def keeps_courses(user: Any) -> bool:
            return not role_kinds(user).isdisjoint({"editor", "manager"})

        uploads.register(COURSES)
        register_job(JOB_KIND, run=run_roll_over)
        register_navigation(
            NavItem(text="Find a course", url_name="prospectus:courses", also=("prospectus:provider",), order=10)
        )
        register_navigation(
            NavItem(text="Open for applications", url_name="prospectus:opening", shows=keeps_courses, order=35)
        )
        register_navigation(
            NavItem(
                text="Search words",
                url_name="prospectus:synonyms",
                shows=lambda user: not role_kinds(user).isdisjoint({"help_desk", "officer"}),
                also=("prospectus:phrases", "prospectus:misses", "prospectus:wishes"),
                order=60,
            )
        )
        register_home("prospectus:opening", is_for=keeps_courses, order=60)
