from typing import Any

from django.apps import AppConfig
from django.db import transaction
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    name = "applications"

    def ready(self) -> None:
        from accounts.registry import register_home
        from activity.registry import register_job, register_settler
        from applications import clearing_messages, deadline_messages, kinds, personal, token_messages, webhook_messages
        from applications.actions.bulk import JOB_KIND, fail_batch, may_settle, run_batch
        from applications.imports import ENROLMENTS, OUTSIDE_OFFERS, RESULTS
        from applications.messages import register_senders
        from applications.models import Webhook
        from applications.queries import live_choices_on, runs_applied_for
        from applications.slots import (
            apply_for_course,
            assist_link,
            course_run_actions,
            elsewhere_on_the_desk,
            exam_results,
            supported_choices,
            supported_statement,
            to_answer,
            way_of_a_learner,
        )
        from core import navigation, sealing, slots
        from prospectus.registry import register_applied, register_leaving, register_live
        from providers import uploads
        from providers.queries import role_kinds, role_kinds_but_advice

        personal.register()
        uploads.register(RESULTS)
        uploads.register(ENROLMENTS)
        uploads.register(OUTSIDE_OFFERS)
        register_senders()
        webhook_messages.register_senders()
        sealing.register("secrets of webhooks", Webhook.objects.all(), column="secret")
        sealing.register("older secrets of webhooks", Webhook.objects.all(), column="older_secret")
        token_messages.register_senders()
        kinds.register()
        clearing_messages.register_senders()
        deadline_messages.register_senders()
        register_job(JOB_KIND, run=run_batch, on_failure=fail_batch)
        register_settler(may_settle)
        register_home("applications:received", is_for=lambda user: "admissions" in role_kinds(user), order=55)
        register_live(live_choices_on)
        register_applied(runs_applied_for)
        register_leaving(way_of_a_learner)
        # Django's own hook, not our flow: it also runs after a flush, which is how test databases are emptied.
        post_migrate.connect(fill_state_properties, sender=self, dispatch_uid="applications.state_properties")
        slots.register(
            "course-run-actions", template="applications/_course_run_actions.html", context=course_run_actions
        )
        slots.register("welcome-tasks", template="applications/_to_answer.html", context=to_answer)
        for place in ("roll-learner", "learner-desk"):
            slots.register(place, template="applications/_assist_link.html", context=assist_link)
            slots.register(place, template="applications/_exam_results.html", context=exam_results)
        slots.register("plan-course-actions", template="applications/_apply_for_course.html", context=apply_for_course)
        slots.register("supported-choices", template="applications/_supported_choices.html", context=supported_choices)
        slots.register(
            "supported-statement", template="applications/_supported_statement.html", context=supported_statement
        )
        slots.register("learner-desk", template="applications/_elsewhere_desk.html", context=elsewhere_on_the_desk)
        navigation.register(
            navigation.NavItem(
                text=_("My application"),
                url_name="applications:home",
                shows=lambda user: user.is_authenticated and not user.is_supporter and not role_kinds(user),
                order=20,
            )
        )
        navigation.register(
            navigation.NavItem(
                text=_("Applications"),
                url_name="applications:received",
                shows=lambda user: not role_kinds_but_advice(user).isdisjoint({"admissions", "manager"}),
                order=20,
            )
        )
        navigation.register(
            navigation.NavItem(
                text=_("Endorsements"),
                url_name="applications:endorsements",
                shows=lambda user: "coordinator" in role_kinds(user),
                order=30,
            )
        )

        navigation.register(
            navigation.NavItem(
                text=_("Endorsements by provider"),
                url_name="applications:endorsements-report",
                shows=lambda user: "officer" in role_kinds(user) and "coordinator" not in role_kinds(user),
                order=78,
            )
        )
        navigation.register(
            navigation.NavItem(
                text=_("Dates and rules"),
                url_name="applications:rules",
                group="settings",
                shows=lambda user: not role_kinds(user).isdisjoint({"help_desk", "officer"}),
                order=45,
            )
        )
        navigation.register(
            navigation.NavItem(
                text=_("Providers’ own systems"),
                url_name="applications:webhooks",
                group="settings",
                shows=lambda user: "help_desk" in role_kinds(user) and "manager" not in role_kinds_but_advice(user),
                order=50,
            )
        )
        navigation.register(
            navigation.NavItem(
                text=_("Your own system"),
                url_name="applications:tokens",
                group="settings",
                shows=lambda user: "manager" in role_kinds_but_advice(user),
                order=50,
            )
        )


@transaction.atomic
def fill_state_properties(**kwargs: Any) -> None:
    """The table that SQL joins says what the flow says, whatever it said before."""
    from applications.models import StateProperty
    from applications.queries import state_properties
    from applications.workflow import PROPERTIES

    properties = state_properties()
    StateProperty.objects.exclude(state__in=properties).delete()
    StateProperty.objects.bulk_create(
        [StateProperty(state=state, **values) for state, values in properties.items()],
        update_conflicts=True,
        unique_fields=["state"],
        update_fields=list(PROPERTIES),
    )
