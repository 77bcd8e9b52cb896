from django.apps import AppConfig


class ProspectusConfig(AppConfig):
    name = "prospectus"

    def ready(self) -> None:
        from core.navigation import NavItem
        from core.navigation import register as register_navigation
        from prospectus.imports import COURSES
        from providers import uploads

        uploads.register(COURSES)
        register_navigation(
            NavItem(text="Find a course", url_name="prospectus:courses", also=("prospectus:provider",), order=10)
        )
