"""How passwords are kept: by the settings of production, which tests replace by a quick one."""

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password

from config.settings import base
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def as_in_production(settings):
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS


def test_a_password_is_kept_as_argon2id_with_the_decided_parameters():
    assert make_password("heron by the canal").startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_an_older_hash_is_taken_and_made_anew_at_the_next_sign_in():
    person = UserFactory(password=make_password("heron by the canal", hasher="pbkdf2_sha256"))
    assert not person.check_password("another")
    assert identify_hasher(person.password).algorithm == "pbkdf2_sha256"

    assert person.check_password("heron by the canal")

    person.refresh_from_db()
    assert identify_hasher(person.password).algorithm == "argon2"
    assert check_password("heron by the canal", person.password)
