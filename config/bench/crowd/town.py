"""The town under load: the demonstration's, with more learners, more courses and fifty people at desks.

``python -m config.bench.crowd.town STAGE SIZE`` fills the empty database that the environment names;
``python -m config.bench.crowd.town names LEARNERS OFFICERS`` writes who can sign in there.
"""

import json
import sys
from itertools import cycle, islice

import django
from django.core.management import call_command

LEARNERS, STAFF = "learners", "staff"
DESKS = 10  # providers with people at admissions: those with most to answer
# Of fifty. Shares are kept when there are fewer.
KINDS = {"admissions": 34, "coordinator": 8, "adviser": 5, "officer": 3}


def fill(stage: str, size: str) -> None:
    """The town stands in the database, at this stage. All its people have the demonstration's password, hashed once."""
    from django.contrib.auth.hashers import make_password
    from django.db import connection

    from accounts.models import User
    from config.demo.signins import PASSWORD
    from config.demo.town import build

    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    with connection.cursor() as cursor:  # a town whose building is cut short is thrown away
        cursor.execute("SET synchronous_commit = off")
    build(stage=stage, size=size, say=lambda words: print(words, file=sys.stderr, flush=True))  # noqa: T201
    give_desks()
    # Invented people: one slow hash for all of them, as slow to check as anybody's.
    User.objects.filter(is_active=True).update(password=make_password(PASSWORD))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def give_desks() -> None:
    """Fifty people can sign in and work: ``desk-admissions-1`` and so on."""
    from django.db.models import Count

    from accounts.models import User
    from config.demo.signins import give_app
    from config.demo.town import SEPTEMBER
    from providers.models import Organisation, OrganisationKind, StaffRole

    busy = Organisation.objects.providers().annotate(asked=Count("choices")).order_by("-asked", "pk")[:DESKS]
    areas = ("Northmoor", "Eastvale", "Calderside", "Westhaven")
    of_kind = Organisation.objects.order_by("pk")
    where = {
        "admissions": list(busy),
        "coordinator": list(of_kind.filter(kind=OrganisationKind.SCHOOL, area__name__in=areas[:2])),
        "adviser": list(of_kind.filter(kind=OrganisationKind.ADVICE_SERVICE)),
        "officer": list(of_kind.filter(kind=OrganisationKind.AUTHORITY)),
    }
    for kind, number in KINDS.items():
        for at, organisation in enumerate(islice(cycle(where[kind]), number), start=1):
            somebody = User.objects.create_user(f"desk-{kind}-{at}", name=f"{kind.capitalize()} {at}")
            StaffRole.objects.create(user=somebody, organisation=organisation, kind=kind, started_on=SEPTEMBER)
            give_app(somebody)


def names(*, learners: int, officers: int) -> dict[str, list[str]]:
    """The sign-in names of so many learners and so many people at desks, each kind with its share."""
    from accounts.models import Learner, User

    unlocked = User.objects.filter(pk__in=Learner.objects.exclude(user=None).values("user")).order_by("pk")
    shares = {kind: max(1, round(number * officers / sum(KINDS.values()))) for kind, number in KINDS.items()}
    # One of each kind first, so that few are of all kinds.
    desks = [(at, f"desk-{kind}-{at}") for kind, share in shares.items() for at in range(1, share + 1)]
    desks.sort(key=lambda desk: desk[0] > 1)
    return {
        LEARNERS: list(unlocked.values_list("username", flat=True)[:learners]),
        STAFF: [name for _at, name in desks][:officers],
    }


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "names":
        print(json.dumps(names(learners=int(sys.argv[2]), officers=int(sys.argv[3]))))  # noqa: T201
    else:
        fill(sys.argv[1], sys.argv[2])
