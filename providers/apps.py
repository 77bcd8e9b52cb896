from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    name = "providers"

    def ready(self) -> None:
        from activity.registry import register_job
        from core.navigation import NavItem, register
        from providers.actions import fail_upload, run_upload
        from providers.queries import may_upload

        register_job("upload", run=run_upload, on_failure=fail_upload)
        register(NavItem(text="Uploads", url_name="providers:uploads", shows=may_upload, order=60))
