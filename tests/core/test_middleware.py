"""What is refused before any page is asked, and how refusals look."""

from core.middleware import BodyLimitMiddleware


def answer(rf, settings, length):
    settings.MOST_BODY_BYTES = 1000
    read = []
    request = rf.post("/", CONTENT_LENGTH=length)
    response = BodyLimitMiddleware(lambda request: read.append(request) or "page")(request)
    return response, bool(read)


def test_a_body_beyond_every_limit_is_turned_away_unread(rf, settings):
    response, was_asked = answer(rf, settings, "1001")
    assert (response.status_code, was_asked) == (413, False)


def test_other_bodies_reach_the_page(rf, settings):
    for length in ("1000", "0", "", "-1", "many"):
        assert answer(rf, settings, length) == ("page", True)


def test_every_request_is_measured(client, settings):
    settings.MOST_BODY_BYTES = 10
    assert client.post("/sign-in/", {"login": "somebody"}).status_code == 413
