"""A college's own system, as the tests have it: a token, and a client that sends it."""

import datetime as dt
import itertools
import json

from django.test import Client

from applications import actions
from providers.actions import open_sandbox

API = "/api/applications/v1"
BY = {"name": "Jo Hill", "job_title": "Admissions tutor"}
KEYS = (f"request-{number}" for number in itertools.count(1))


class System:
    """Northfield's student records, or another provider's."""

    def __init__(self, town, *, provider=None, scope="answer", name="Records", is_practice=False):
        provider = provider or town.northfield
        self.manager = town.staff("Mo Manager", provider, "manager")
        if is_practice:
            provider, _is_new = open_sandbox(provider=provider, by=self.manager)
        self.provider = provider
        expires_on = dt.date(2026, 12, 18)
        self.token, self.secret = actions.make_token(
            provider=provider, name=name, scope=scope, expires_on=expires_on, by=self.manager
        )
        self.client = _client(self.secret)

    @classmethod
    def of(cls, secret):
        """With a token that somebody has made on the page."""
        system = cls.__new__(cls)
        system.secret, system.client = secret, _client(secret)
        return system

    def get(self, path, **query):
        return self.client.get(f"{API}{path}", query)

    def post(self, path, **said):
        return self.client.post(f"{API}{path}", json.dumps(said), content_type="application/json")

    def answer(self, choice, verb, *, key="", if_match="", **said):
        headers = {"Idempotency-Key": key or next(KEYS)} | ({"If-Match": if_match} if if_match else {})
        return self.client.post(
            f"{API}/choices/{choice.reference}/{verb}",
            json.dumps({"by": BY} | said),
            content_type="application/json",
            headers=headers,
        )

    def walk(self, since=""):
        """Everything that changed since: references, and the cursor to ask with next."""
        told = []
        while True:
            page = self.get("/choices", since=since, limit=2).json()
            told += [item["reference"] for item in page["items"]]
            since = page["since"]
            if not page["has_more"]:
                return told, since


def _client(secret):
    return Client(headers={"Authorization": f"Bearer {secret}"})
