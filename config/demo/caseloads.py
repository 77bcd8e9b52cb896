"""Who of Northmoor's advice service has which caseload, and who is away."""

import datetime as dt

from accounts.actions import hand_over_schools, set_absence
from accounts.models import CaseloadSchool, User
from core import clock
from providers.actions import name_manager
from providers.models import Organisation, RoleKind, StaffRole

COLLEAGUES = (("ella.novak", "Ella Novak"), ("marek.lis", "Marek Lis"))


def share_out(people: dict[str, User]) -> None:
    """Nadia manages the service. Ella has taken over a school and is on leave, so Dev stands in; Marek fell ill, and
    nobody stands in yet."""
    today, desk = clock.today(), people["help_desk"]
    name_manager(adviser=StaffRole.objects.get(user=people["service"]), by=desk)
    dev = StaffRole.objects.get(user=people["adviser"])
    ella, marek = (_adviser(username, name, dev.organisation) for username, name in COLLEAGUES)
    theirs = CaseloadSchool.objects.open().filter(adviser=dev).order_by("-school__name").values("school")
    school = Organisation.objects.filter(pk__in=theirs).exclude(name="Hollins Park School").order_by("-name").first()
    if school is not None:
        hand_over_schools(of=dev, schools=[school], to=ella, on=today, by=desk)
    week = dt.timedelta(days=7)
    set_absence(adviser=ella, cover=dev, started_on=today, ended_on=today + 2 * week, by=desk)
    set_absence(adviser=marek, started_on=today, ended_on=today + week, by=desk)


def _adviser(username: str, name: str, service: Organisation) -> StaffRole:
    """Somebody who never signs in."""
    user = User(username=username, name=name)
    user.set_unusable_password()
    user.save()
    return StaffRole.objects.create(user=user, organisation=service, kind=RoleKind.ADVISER)
