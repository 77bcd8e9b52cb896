from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts.imports import import_roll
        from accounts.queries import is_learner
        from accounts.registry import register_home
        from accounts.tasks import run_letters, send_invitation, send_unlock_guessing
        from activity import registry
        from core import navigation
        from providers import uploads
        from providers.models import Organisation
        from providers.queries import role_kinds

        def has_roll(user: object) -> bool:
            return not role_kinds(user).isdisjoint({"coordinator", "tutor"})

        registry.register_job("unlock-letters", run=run_letters)
        registry.register_sender("unlock-guessing", send_unlock_guessing)
        registry.register_sender("staff-invitation", send_invitation)
        uploads.register(
            uploads.UploadKind(
                name="roll",
                title="School roll",
                organisations_for=Organisation.objects.coordinating_through,
                apply=import_roll,
                accepts=(".csv", ".txt"),
                intro="accounts/_roll_upload_intro.html",
                labels={
                    "learners": "Learners in the file",
                    "added": "Added",
                    "changed": "Changed",
                    "moved": "Moved to this school or to another group",
                    "ended": "Taken off the roll",
                    "unchanged": "Unchanged",
                },
            )
        )
        register_home("accounts:roll", is_for=has_roll, order=40)
        register_home("accounts:welcome", is_for=is_learner, order=90)
        navigation.register(navigation.NavItem(text="Roll", url_name="accounts:roll", shows=has_roll, order=20))
        navigation.register(
            navigation.NavItem(
                text="Unlock letters",
                url_name="accounts:letters",
                shows=lambda user: "coordinator" in role_kinds(user),
                order=25,
            )
        )
        navigation.register(
            navigation.NavItem(
                text="Unlock your record",
                url_name="accounts:unlock",
                shows=lambda user: not user.is_authenticated,
                order=60,
                also=("accounts:unlock-account",),
            )
        )
