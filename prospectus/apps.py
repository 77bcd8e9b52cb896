from django.apps import AppConfig


class ProspectusConfig(AppConfig):
    name = "prospectus"
