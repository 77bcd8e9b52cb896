"""What only the top floor can register: the deployment checks, and the demonstration's sign-ins."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self):
        from config import checks  # noqa: F401 - registers the checks once apps are loaded
        from config.demo.signins import second_step_help, sign_in_help
        from core import slots

        slots.register("sign-in-help", template="accounts/demo_sign_ins.html", context=sign_in_help)
        slots.register("second-factor-help", template="accounts/demo_code.html", context=second_step_help)
