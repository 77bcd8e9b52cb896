"""What somebody with bad intentions sends to the public pages, and what they must not get."""

import base64
import json

import pytest
from django.urls import reverse

WORDS = (
    "q", "postcode", "miles", "home", "exact", "sort", "page", "after", "cursor", "provider", "subject", "level",
    "kind", "stage", "type", "mode", "delivery", "pattern", "start", "month", "places", "area", "apply", "course",
    "only", "removed", "runs", "days", "move", "limit", "changed_since", "words", "outcode",
)  # fmt: skip
PAGES = (
    "home", "courses", "map", "together", "start-now", "areas", "compare", "shortlist", "shortlist-keep", "wish",
    "wish-made", "levels", "open-data", "api", "feed", "courses-table", "sitemap", "api:courses", "api:search",
    "api:providers",
)  # fmt: skip
ODD = {
    "zero character": "\0",
    "zero inside": "M1\0 1AA",
    "half a pair": "\ud800",
    "digits that are no decimals": "²",
    "digits of another script": "٢",
    "below zero": "-1",
    "huge number": "9" * 400,
    "no number": "nan",
    "huge": "a" * 20_000,
    "query language": "plumb' | !(x) & <-> :* \\",
    "format": "%(words)s {where} %s",
    "statement": "'; DROP TABLE prospectus_course; --",
    "path": "../../etc/passwd",
}


@pytest.mark.parametrize("what", ODD)
def test_no_public_page_breaks_on_what_is_in_its_address(town, client, what):
    odd = ODD[what].encode("utf-8", "surrogatepass")
    everything = dict.fromkeys(WORDS, odd)
    somewhere = {"q": "plumbing", "postcode": "ZN1"} | dict.fromkeys(WORDS[2:], odd)
    answers = {
        page: [client.get(reverse(f"prospectus:{page}"), given).status_code for given in (everything, somewhere)]
        for page in PAGES
    }

    assert {page: codes for page, codes in answers.items() if not set(codes) <= {200, 302, 303, 400, 404}} == {}


def cursor(*values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "values",
    [
        ("mixed", 2, 1, 0.5, "a", 1),
        ("best", 2, 1, 0.5, "\ud800", 1),
        ("best", 2, 1, float("inf"), "a", 1),
        ("title", 2, 0, -1e308, "a", 2**62),
        ("nearest", 2, 1, 1.0, "a", 1),
        ("soonest", 99999, 0, 0.0, "a" * 300, 1),
        ({}, 2, 1, 1.0, "a", 1),
        (["best"], 2, 1, 1.0, "a", 1),
    ],
)
def test_a_cursor_somebody_made_up_gives_a_page(town, client, values):
    for query in ("", "q=plumbing", "postcode=ZN1&q=plumbing", "q=maths+and+plumbing", "mode=full_time"):
        assert client.get(f"/courses/?{query}&after={cursor(*values)}").status_code == 200
        assert client.get(f"/api/v1/search?{query}&cursor={cursor(*values)}").status_code == 200
