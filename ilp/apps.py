from django.apps import AppConfig


class IlpConfig(AppConfig):
    name = "ilp"

    def ready(self) -> None:
        from ilp import personal

        personal.register()
