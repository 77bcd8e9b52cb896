from django.apps import AppConfig


class ProspectusConfig(AppConfig):
    name = "prospectus"

    def ready(self) -> None:
        from prospectus.imports import COURSES
        from providers import uploads

        uploads.register(COURSES)
