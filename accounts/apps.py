from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from allauth.mfa.models import Authenticator

        from accounts import personal, tasks
        from accounts.actions import keep_display, keep_language
        from accounts.imports import ROLL
        from accounts.models import SignOn
        from accounts.policies import looks_after_an_area
        from accounts.queries import is_learner
        from accounts.registry import register_home
        from accounts.sessions import signed_in
        from activity.registry import register_settler
        from core import display, languages, navigation, sealing
        from providers import uploads
        from providers.queries import role_kinds

        personal.register()
        sealing.register(
            "second steps", Authenticator.objects.all(), column="data", keys=("secret", "seed"), parent="user"
        )
        sealing.register("client secrets", SignOn.objects.all(), column="secret")
        register_who_sees_what()
        register_caseloads()

        # Django's own signal is the one place that every way of signing in passes.
        user_logged_in.disconnect(dispatch_uid="update_last_login")
        user_logged_in.connect(signed_in, dispatch_uid="accounts.signed_in")

        def has_roll(user: object) -> bool:
            return not role_kinds(user).isdisjoint({"coordinator", "tutor"})

        register_settler(looks_after_an_area)
        tasks.register()
        uploads.register(ROLL)
        display.register_account(
            display.Account(
                read=lambda user: user.display,
                write=lambda user, choices: keep_display(by=user, choices=choices),
            )
        )
        languages.register_account(
            languages.Account(
                read=lambda user: user.language, write=lambda user, code: keep_language(by=user, code=code)
            )
        )
        languages.register_page("accounts:sign-in", text=_("Sign in"))
        languages.register_page("accounts:sign-out")
        languages.register_page("accounts:signed-out")
        languages.register_page("accounts:cannot-sign-in", text=_("If you cannot sign in"), is_information=True)
        languages.register_page("accounts:parents", text=_("For parents and carers"), is_information=True)
        languages.register_page("accounts:unlock", text=_("Unlock your record"))
        languages.register_page("accounts:unlock-account")
        languages.register_page("accounts:recover")
        languages.register_page("accounts:recover-account")
        languages.register_page("accounts:recover-email")
        languages.register_page("accounts:link-open")
        languages.register_page("accounts:email")
        languages.register_page("accounts:email-confirm")
        languages.register_page("accounts:consent")
        languages.register_page("accounts:welcome")
        register_home("accounts:roll", is_for=has_roll, order=40)
        register_home("accounts:welcome", is_for=is_learner, order=90)
        navigation.register(
            navigation.NavItem(text=_("Roll"), url_name="accounts:roll", group="people", shows=has_roll, order=20)
        )
        navigation.register(
            navigation.NavItem(
                text=_("Unlock letters"),
                url_name="accounts:letters",
                group="people",
                shows=lambda user: "coordinator" in role_kinds(user),
                order=25,
                also=("accounts:unlocking", "accounts:unlock-windows", "accounts:unlock-tries"),
            )
        )
        navigation.register(
            navigation.NavItem(
                text=_("Sign-in help"),
                url_name="accounts:recoveries",
                group="people",
                shows=lambda user: "help_desk" in role_kinds(user),
                order=45,
                also=("accounts:learner-find", "accounts:recovery-new"),
            )
        )
        navigation.register(
            navigation.NavItem(
                text=_("Records"),
                url_name="accounts:erasures",
                group="settings",
                shows=lambda user: "officer" in role_kinds(user),
                order=70,
                also=("accounts:retention", "accounts:learners-merge"),
            )
        )
        navigation.register(
            navigation.NavItem(
                text=_("Unlock your record"),
                url_name="accounts:unlock",
                shows=lambda user: not user.is_authenticated,
                order=60,
                also=("accounts:unlock-account",),
            )
        )


def register_caseloads() -> None:
    """Who has which caseload, for the help desk and the managers of an advice service, who begin there; and links on
    a learner's page: for the adviser whose own they are, and for who may say where they live."""
    from accounts.policies import CASELOAD_POLICY, LEARNER_POLICY
    from accounts.registry import register_home
    from core import navigation, slots
    from providers.queries import role_kinds, roles_today

    def manages_a_service(user: Any) -> bool:
        held = (role for role in roles_today(user) if not role.is_aside)
        return any(role.kind == "manager" and role.organisation_kind == "advice_service" for role in held)

    def hand_over_link(request: Any, learner: Any) -> dict[str, Any] | None:
        may = "adviser" in role_kinds(request.user) and CASELOAD_POLICY.can(request.user, "hand_over_learner", learner)
        return {"learner": learner} if may else None

    def where_they_live(request: Any, learner: Any) -> dict[str, Any] | None:
        return {"learner": learner} if LEARNER_POLICY.can(request.user, "set_residence", learner) else None

    slots.register("learner-desk", template="accounts/_hand_over_link.html", context=hand_over_link)
    for place in ("roll-learner", "learner-desk"):
        slots.register(place, template="accounts/_residence.html", context=where_they_live)
    register_home("accounts:caseloads", is_for=manages_a_service, order=50)
    navigation.register(
        navigation.NavItem(
            text=_("Caseloads"),
            url_name="accounts:caseloads",
            group="people",
            shows=lambda user: "help_desk" in role_kinds(user) or manages_a_service(user),
            order=44,
            also=("accounts:absence-set", "accounts:duty-set"),
        )
    )


def register_who_sees_what() -> None:
    """The menu of receipts, consents, supporters and those who registered."""
    from accounts.registry import register_home
    from core import navigation
    from providers.queries import role_kinds, role_kinds_but_advice

    register_home("accounts:supporting", is_for=lambda user: getattr(user, "is_supporter", False), order=80)
    navigation.register(
        navigation.NavItem(
            text=_("Who looked"),
            url_name="accounts:looked-at-desk",
            group="settings",
            shows=lambda user: not role_kinds(user).isdisjoint({"coordinator", "help_desk"}),
            order=70,
        )
    )
    navigation.register(
        navigation.NavItem(
            text=_("Messages sent"),
            url_name="accounts:outbox",
            also=("accounts:messages", "accounts:message-kind"),
            group="settings",
            shows=lambda user: not role_kinds(user).isdisjoint({"help_desk", "officer"}),
            order=72,
        )
    )
    navigation.register(
        navigation.NavItem(
            text=_("Own sign-in"),
            url_name="accounts:sign-ons",
            group="settings",
            shows=lambda user: not role_kinds_but_advice(user).isdisjoint({"manager", "officer"}),
            order=64,
        )
    )
    navigation.register(
        navigation.NavItem(
            text=_("Consent question"),
            url_name="accounts:consent-words",
            group="settings",
            shows=lambda user: "help_desk" in role_kinds(user),
            order=75,
        )
    )
    navigation.register(
        navigation.NavItem(
            text=_("My information"),
            url_name="accounts:information",
            shows=lambda user: user.is_authenticated and not user.is_supporter and not role_kinds(user),
            order=55,
            also=("accounts:consent", "accounts:your-data", "accounts:erasure-ask", "accounts:looked-at"),
        )
    )
    navigation.register(
        navigation.NavItem(
            text=_("Young people I support"),
            url_name="accounts:supporting",
            shows=lambda user: getattr(user, "is_supporter", False),
            order=15,
        )
    )
    navigation.register(
        navigation.NavItem(
            text=_("Registered"),
            url_name="accounts:registered",
            group="people",
            shows=lambda user: "help_desk" in role_kinds(user),
            order=72,
        )
    )
