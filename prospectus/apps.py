from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProspectusConfig(AppConfig):
    name = "prospectus"

    def ready(self) -> None:
        from accounts.registry import register_for_anybody, register_home
        from activity.registry import register_job
        from core import slots
        from core.navigation import NavItem
        from core.navigation import register as register_navigation
        from prospectus import personal
        from prospectus.actions import feeds, fetches
        from prospectus.actions.rollover import JOB_KIND, run_roll_over
        from prospectus.imports import COURSES
        from prospectus.imports.fetching import run_fetch
        from prospectus.imports.paper import PAPER_LIST
        from prospectus.messages import register_senders
        from prospectus.policies import keeps_the_course
        from prospectus.queries.feeds import may_have_feeds
        from providers import uploads
        from providers.queries import role_kinds, role_kinds_but_advice, roles_today

        def keeps_courses(user: Any) -> bool:
            return not role_kinds_but_advice(user).isdisjoint({"editor", "manager"})

        def desk_here(request: Any, course: Any) -> dict[str, Any] | None:
            """The way to the desk, for those who keep this course. Costs everybody else no query."""
            return (
                {"course": course} if keeps_courses(request.user) and keeps_the_course(request.user, course) else None
            )

        def keeps_this(user: Any, provider: Any) -> bool:
            """Asks the database nothing: the roles are known for the menu."""
            held = [role for role in roles_today(user) if role.kind in ("editor", "manager") and not role.is_aside]
            return provider.pk in {role.organisation_id for role in held}

        uploads.register(COURSES)
        uploads.register(PAPER_LIST)
        register_senders()
        slots.register(
            "course-actions",
            template="prospectus/_keep_here.html",
            context=lambda _request, course: {"course": course} if course.state == "published" else None,
        )
        slots.register("course-actions", template="prospectus/_desk_here.html", context=desk_here)
        slots.register(
            "provider-actions",
            template="prospectus/_profile_here.html",
            context=lambda request, provider: {"provider": provider} if keeps_this(request.user, provider) else None,
        )
        personal.register()
        register_for_anybody("api")
        register_job(JOB_KIND, run=run_roll_over)
        register_job(feeds.FETCH_JOB, run=run_fetch, on_failure=fetches.fail_fetch)
        register_job(fetches.PART_JOB, run=fetches.run_part, on_failure=fetches.fail_part)
        register_navigation(
            NavItem(text=_("Find a course"), url_name="prospectus:courses", also=("prospectus:provider",), order=10)
        )
        register_navigation(
            NavItem(
                text=_("Shortlist"),
                url_name="prospectus:shortlist",
                shows=lambda user: not role_kinds(user),
                also=("prospectus:compare", "prospectus:saved-searches"),
                order=15,
                count=lambda request: request.shortlist.count if hasattr(request, "shortlist") else 0,
            )
        )
        register_navigation(
            NavItem(
                text=_("Your courses"),
                url_name="prospectus:desk-courses",
                shows=keeps_courses,
                also=("prospectus:sites",),
                order=30,
            )
        )
        register_navigation(NavItem(text=_("Data health"), url_name="prospectus:health", shows=keeps_courses, order=32))
        register_navigation(NavItem(text=_("Feeds"), url_name="prospectus:desk-feeds", shows=may_have_feeds, order=34))
        register_navigation(
            NavItem(text=_("Open for applications"), url_name="prospectus:opening", shows=keeps_courses, order=35)
        )
        register_navigation(
            NavItem(
                text=_("Data health of providers"),
                url_name="prospectus:health-area",
                shows=lambda user: not role_kinds(user).isdisjoint({"help_desk", "officer"}),
                order=58,
            )
        )
        register_navigation(
            NavItem(
                text=_("Descriptions to read"),
                url_name="prospectus:descriptions",
                group="settings",
                shows=lambda user: not role_kinds(user).isdisjoint({"help_desk", "officer"}),
                order=59,
            )
        )
        register_navigation(
            NavItem(
                text=_("Search words"),
                url_name="prospectus:synonyms",
                group="settings",
                shows=lambda user: not role_kinds(user).isdisjoint({"help_desk", "officer"}),
                also=("prospectus:phrases", "prospectus:misses", "prospectus:wishes", "prospectus:why"),
                order=60,
            )
        )
        register_navigation(
            NavItem(
                text=_("Interest"),
                url_name="prospectus:interest",
                shows=lambda user: (
                    not role_kinds_but_advice(user).isdisjoint({"editor", "manager", "help_desk", "officer"})
                ),
                order=37,
            )
        )
        register_home("prospectus:desk-courses", is_for=keeps_courses, order=60)
        register_home("prospectus:health-area", is_for=lambda user: "help_desk" in role_kinds(user), order=70)
