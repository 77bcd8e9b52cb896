from django.apps import AppConfig


class IlpConfig(AppConfig):
    name = "ilp"
