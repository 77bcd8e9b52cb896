"""A college's system that is told of changes: a real server which takes what comes and checks who it is from."""

import json
import re
from pathlib import Path

from django.conf import settings

from applications import actions
from applications.models import Webhook, WebhookDelivery

DOCS = Path(settings.BASE_DIR, "docs", "api-applications.md").read_text(encoding="utf-8")


def as_the_docs_say():
    """The function that ``docs/api-applications.md`` gives to programmers."""
    (code,) = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)
    found = {}
    exec(code, found)  # noqa: S102 - our own documentation
    return found["is_from_the_portal"]


class Receiver:
    """Takes what is posted to one path of a server outside, and answers with ``status``."""

    def __init__(self, outside, path="/hooks"):
        self.heard, self.status, self.headers, self.meanwhile = [], 204, {}, None
        outside.pages[path] = self
        self.address = outside.url(path)

    def __call__(self, handler):
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        self.heard.append(({name.lower(): value for name, value in handler.headers.items()}, body))
        if self.meanwhile:
            self.meanwhile()
        handler._say(self.status, self.headers, b"")

    @property
    def said(self):
        """What came, read."""
        return [json.loads(body) for _headers, body in self.heard]

    def is_signed(self, secret, number=-1):
        return as_the_docs_say()(*self.heard[number], secret)


def add(town, receiver, *, provider=None):
    """The receiver is told of a provider's changes: the webhook, its secret and its manager."""
    provider = provider or town.northfield
    manager = town.staff("Mo Manager", provider, "manager")
    webhook, secret = actions.add_webhook(provider=provider, address=receiver.address, by=manager)
    return webhook, secret, manager


def work():
    """What a sweep and the workers it wakes do. Returns the deliveries that were tried."""
    actions.sweep_webhooks()
    tried = []
    while due := list(WebhookDelivery.objects.free().order_by("pk").values_list("pk", flat=True)):
        for key in due:
            actions.deliver_to_webhook(key)
        tried += due
    return tried


def again(webhook):
    return Webhook.objects.select_related("provider").get(pk=webhook.pk)
