from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core import languages

        languages.register_page("core:language")
        languages.register_page("core:privacy", text=_("Privacy and cookies"), is_information=True)
        languages.register_page("core:accessibility", text=_("Accessibility"), is_information=True)
        languages.register_page("core:display", text=_("Change how this looks"))
        languages.register_page("core:forget", text=_("Forget me on this device"))
        languages.register_page("core:forgotten")
