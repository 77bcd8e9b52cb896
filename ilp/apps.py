from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IlpConfig(AppConfig):
    name = "ilp"

    def ready(self) -> None:
        from core import slots
        from core.navigation import NavItem, register
        from ilp import personal
        from ilp.messages import register_senders
        from ilp.slots import (
            course_into_plan,
            supported_assessment,
            supported_experiences,
            supported_plan,
            supported_reviews,
            supported_transition,
            what_to_do_next,
        )
        from providers.queries import role_kinds

        def is_learner(user: Any) -> bool:
            return user.is_authenticated and not user.is_supporter and not role_kinds(user)

        def stands_behind_plans(user: Any) -> bool:
            return not role_kinds(user).isdisjoint({"tutor", "coordinator", "adviser"})

        personal.register()
        register_senders()
        slots.register("supported-plan", template="ilp/_supported.html", context=supported_plan)
        slots.register("supported-experiences", template="ilp/_supported.html", context=supported_experiences)
        slots.register("supported-transition", template="ilp/_supported_part.html", context=supported_transition)
        slots.register("supported-assessment", template="ilp/_supported_part.html", context=supported_assessment)
        slots.register("supported-reviews", template="ilp/_supported_reviews.html", context=supported_reviews)
        slots.register("welcome-tasks", template="ilp/_to_do_tasks.html", context=what_to_do_next)
        slots.register("course-actions", template="ilp/_course_into_plan.html", context=course_into_plan)
        register(NavItem(text=_("My plan"), url_name="ilp:plan", shows=is_learner, order=18))
        register(NavItem(text=_("Plans"), url_name="ilp:plans", shows=stands_behind_plans, order=28))
        register(
            NavItem(
                text=_("Reviews"),
                url_name="ilp:desk-reviews",
                shows=stands_behind_plans,
                order=29,
                also=("ilp:review", "ilp:target", "ilp:desk-learner-reviews", "ilp:help-waiting", "ilp:help-request"),
            )
        )
        register(
            NavItem(
                text=_("Plans"),
                url_name="ilp:area-plans",
                shows=lambda user: "officer" in role_kinds(user) and not stands_behind_plans(user),
                order=28,
            )
        )
        register(
            NavItem(
                text=_("Asked for help"),
                url_name="ilp:help-waiting",
                shows=lambda user: "help_desk" in role_kinds(user) and not stands_behind_plans(user),
                order=73,
                also=("ilp:help-request",),
            )
        )
        register(
            NavItem(
                text=_("Who may have a plan"),
                url_name="ilp:plan-rule",
                group="settings",
                shows=lambda user: "help_desk" in role_kinds(user),
                order=76,
            )
        )
        register(
            NavItem(
                text=_("Plan templates"),
                url_name="ilp:templates",
                group="settings",
                shows=lambda user: not role_kinds(user).isdisjoint({"help_desk", "coordinator"}),
                order=77,
                also=("ilp:template-preview",),
            )
        )
        register_messages()
        register_menu()
        register_experiences()


def register_messages() -> None:
    """First messages, e-mails, starting lists, and links on learners' pages of the desk."""
    from accounts.registry import register_unlocked
    from activity.registry import register_job
    from core import loading, slots
    from ilp import kinds, messages_contacts, review_messages, tasks
    from ilp.actions import load_concern_phrases, load_plan_templates, load_record_codes, many, welcome_learner

    tasks.register()
    kinds.register()
    register_job(many.JOB_KIND, run=many.run_batch, on_failure=many.fail_batch)
    review_messages.register()
    messages_contacts.register()
    register_unlocked(welcome_learner)
    loading.register_reference("concern_phrases", load_concern_phrases)
    loading.register_reference("record_codes", load_record_codes)
    loading.register_reference("plan_templates", load_plan_templates)
    for place in ("roll-learner", "learner-desk"):
        slots.register(place, template="ilp/_write_to_learner.html", context=write_to_learner)
    slots.register("learner-desk", template="ilp/_client_record_link.html", context=client_record_link)


def write_to_learner(request: Any, learner: Any) -> dict[str, Any] | None:
    """For staff of a service that looks after the learner and may write to them."""
    from ilp.queries import writes_to

    return {"learner": learner} if writes_to(learner, request.user) else None


def client_record_link(request: Any, learner: Any) -> dict[str, Any] | None:
    """For advisers and officers: whoever of them sees the learner's page may read the client record."""
    from providers.queries import role_kinds

    return None if role_kinds(request.user).isdisjoint({"adviser", "officer"}) else {"learner": learner}


def register_menu() -> None:
    """A learner's people; the messages of staff; what was flagged for the help desk."""
    from core.navigation import NavItem, register
    from ilp.queries import unread_count
    from providers.queries import role_kinds

    def has_new(request: Any) -> int:
        return unread_count(request.user)

    register(
        NavItem(
            text=_("Your people"),
            url_name="ilp:people",
            shows=lambda user: user.is_authenticated and not user.is_supporter and not role_kinds(user),
            order=25,
            also=("ilp:conversation", "ilp:conversation-pause", "ilp:message-report", "ilp:transcript"),
            count=has_new,
        )
    )
    register(
        NavItem(
            text=_("Messages"),
            url_name="ilp:conversations",
            shows=lambda user: not role_kinds(user).isdisjoint({"coordinator", "tutor", "adviser"}),
            order=45,
            also=("ilp:conversation", "ilp:flags", "ilp:flag", "ilp:transcript", "ilp:safeguarding"),
            count=has_new,
        )
    )
    register(
        NavItem(
            text=_("Flagged messages"),
            url_name="ilp:flags",
            shows=lambda user: "help_desk" in role_kinds(user),
            order=74,
            also=("ilp:phrases", "ilp:rules", "ilp:safeguarding"),
        )
    )


def register_experiences() -> None:
    """Things to try: e-mails, the course page, and what stands in the menu."""
    from core import slots
    from core.navigation import NavItem, register
    from ilp import messages_documents, messages_experiences
    from ilp.queries import told_on_course_page
    from ilp.querysets.experience import ORGANISERS
    from ilp.slots import course_experiences, provider_experiences
    from prospectus.registry import register_told
    from providers.queries import role_kinds

    messages_experiences.register_senders()
    messages_documents.register_senders()
    register_told("told_experiences", told_on_course_page)
    slots.register("provider-actions", template="ilp/_provider_experiences.html", context=provider_experiences)
    slots.register("course-experiences", template="ilp/_course_experiences.html", context=course_experiences)
    register(
        NavItem(
            text=_("Tasters and visits"),
            url_name="ilp:experiences",
            shows=lambda user: user.is_authenticated and not user.is_supporter and not role_kinds(user),
            order=19,
        )
    )
    register(
        NavItem(
            text=_("Tasters and visits"),
            url_name="ilp:desk-experiences",
            group="visits",
            shows=lambda user: not role_kinds(user).isdisjoint(ORGANISERS),
            order=46,
        )
    )
    register(
        NavItem(
            text=_("Who goes where"),
            url_name="ilp:school-bookings",
            group="visits",
            shows=lambda user: not role_kinds(user).isdisjoint({"tutor", "coordinator"}),
            order=47,
        )
    )
    register(
        NavItem(
            text=_("Who goes where"),
            url_name="ilp:learner-bookings",
            group="visits",
            shows=lambda user: "adviser" in role_kinds(user) and role_kinds(user).isdisjoint({"tutor", "coordinator"}),
            order=47,
        )
    )
