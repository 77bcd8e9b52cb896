"""What people do with their telephone: an app is set up, and shows codes."""

import time

from allauth.mfa.totp.internal import auth as totp


def code_of(secret, *, steps=0):
    """What the app shows now, or so many half minutes later."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps))


def set_up_app(client):
    """Whoever is signed in sets an app up through the pages. Returns its key."""
    client.get("/account/second-step/app/")
    secret = client.session["mfa.totp.secret"]
    response = client.post("/account/second-step/app/", {"name": "My phone", "code": code_of(secret)})
    assert response.status_code == 302, response.content.decode()
    return secret
