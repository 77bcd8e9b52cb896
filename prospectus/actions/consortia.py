"""Providers that teach courses together: one leads, the others are its partners from a day to a day."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from activity.actions import post, record
from core import clock
from core.errors import RuleBroken, StaleState
from prospectus.actions.changing import lock_provider
from prospectus.actions.search import refresh_search
from prospectus.models import Consortium, ConsortiumPartner, Course
from prospectus.policies import CONSORTIUM_POLICY, PROVIDER_POLICY
from prospectus.queries.notices import who_is_told
from providers.models import Organisation

ASKED, ANSWERED = "consortium-asked", "consortium-answered"


@transaction.atomic
def create_consortium(*, lead: Organisation, name: str, partners: Iterable[Organisation], by: Any) -> Consortium:
    """``lead`` asks ``partners`` to teach together, under this name. Its courses join by ``share_course``.

    A partner belongs to it, and is named to anybody, once it has said yes (``join_consortium``); one whose courses
    ``by`` keeps has. ``by`` keeps the courses of the lead.
    Raises: NotAllowed, RuleBroken ``name_taken``, ``no_partner``. Tells: who is asked, ``consortium-asked``.
    """
    PROVIDER_POLICY.require(by, "create_consortium", lead)
    lock_provider(lead.pk)
    _require_free_name(lead, name)
    consortium = Consortium.objects.create(lead=lead, name=name)
    keys = _partner_keys(consortium, partners)
    _ask(consortium, keys, by=by)
    record("consortium.create", subject=consortium, by=by, lead=lead.pk, partners=sorted(keys))
    return consortium


@transaction.atomic
def edit_consortium(*, consortium: Consortium, name: str, partners: Iterable[Organisation], by: Any) -> Consortium:
    """It has this name and exactly these partners; who is no longer one left today, and stays on record. Who is new
    is asked.

    Raises: NotAllowed, StaleState (ended), RuleBroken ``name_taken``, ``no_partner``. Tells: ``consortium-asked``.
    """
    consortium = _locked(consortium, "edit", by=by)
    _require_free_name(consortium.lead, name, besides=consortium)
    keys = _partner_keys(consortium, partners)
    open_now = consortium.partners.filter(ended_on=None)
    held = set(open_now.values_list("provider", flat=True))
    if keys == held and name == consortium.name:
        return consortium
    consortium.name = name
    consortium.save(update_fields=["name"])
    open_now.exclude(provider__in=keys).update(ended_on=clock.today())
    _ask(consortium, keys - held, by=by)
    record("consortium.edit", subject=consortium, by=by, joined=sorted(keys - held), left=sorted(held - keys))
    _tell_readers(consortium)
    return consortium


@transaction.atomic
def join_consortium(*, consortium: Consortium, by: Any) -> Consortium:
    """The providers whose courses ``by`` keeps, and that were asked, belong to it from today.

    Raises: NotAllowed, StaleState (ended). Tells: the lead, ``consortium-answered``.
    """
    consortium = _locked(consortium, "join", by=by)
    asked = _kept_by(consortium, by).filter(joined_on=None)
    rows = list(asked)
    if rows:
        asked.update(joined_on=clock.today())
        record("consortium.join", subject=consortium, by=by, partners=sorted(row.provider_id for row in rows))
        _tell_lead(consortium, rows, said="yes")
        _tell_readers(consortium)
    return consortium


@transaction.atomic
def leave_consortium(*, consortium: Consortium, by: Any) -> Consortium:
    """The providers whose courses ``by`` keeps belong to it no longer, and are named with it nowhere; asked again, they
    may say yes again.

    Raises: NotAllowed, StaleState (ended). Tells: the lead, ``consortium-answered``.
    """
    consortium = _locked(consortium, "leave", by=by)
    held = _kept_by(consortium, by)
    rows = list(held)
    held.update(ended_on=clock.today())
    record("consortium.leave", subject=consortium, by=by, partners=sorted(row.provider_id for row in rows))
    _tell_lead(consortium, rows, said="no")
    _tell_readers(consortium)
    return consortium


@transaction.atomic
def end_consortium(*, consortium: Consortium, by: Any) -> Consortium:
    """The partners teach together no longer; the lead keeps the courses as its own. Who taught them stays on record.

    Raises: NotAllowed, StaleState (ended already).
    """
    consortium = _locked(consortium, "end", by=by)
    consortium.ended_on = clock.today()
    consortium.save(update_fields=["ended_on"])
    consortium.partners.filter(ended_on=None).update(ended_on=clock.today())
    now = clock.now()
    courses = consortium.courses.update(consortium=None, changed_at=now)
    record("consortium.end", subject=consortium, by=by, courses=courses)
    if courses:
        refresh_search(provider=consortium.lead)
    return consortium


def note_closed_partners() -> int:
    """Courses taught with a partner that has closed since they last changed have changed now: whoever reads them has
    read of it until its last day, and asks for what changed. Returns how many."""
    closed = ConsortiumPartner.objects.joined().filter(
        consortium=OuterRef("consortium"),
        provider__ended_on__lt=clock.today(),
        provider__ended_on__gte=OuterRef("changed_on"),
    )
    noted = 0
    unnoted = Course.objects.annotate(changed_on=TruncDate("changed_at")).filter(Exists(closed))
    for lead in unnoted.order_by("provider").values_list("provider", flat=True).distinct():
        with transaction.atomic():
            lock_provider(lead)
            noted += unnoted.filter(provider=lead).update(changed_at=clock.now())
    return noted


def _locked(consortium: Consortium, verb: str, *, by: Any) -> Consortium:
    lock_provider(consortium.lead_id)
    consortium = Consortium.objects.select_related("lead").get(pk=consortium.pk)
    CONSORTIUM_POLICY.require(by, verb, consortium)
    if consortium.ended_on is not None:
        raise StaleState("This consortium has ended.")
    return consortium


def _partner_keys(consortium: Consortium, partners: Iterable[Organisation]) -> set[int]:
    keys = {partner.pk for partner in partners} - {consortium.lead_id}
    if not keys:
        raise RuleBroken(_("Choose at least one partner."), code="no_partner")
    return keys


def _ask(consortium: Consortium, keys: set[int], *, by: Any) -> None:
    """Nobody's name stands on another provider's courses without a yes of its own."""
    own = set(Organisation.objects.editing_through(by).filter(pk__in=keys).values_list("pk", flat=True))
    today = clock.today()
    rows = ConsortiumPartner.objects.bulk_create(
        ConsortiumPartner(consortium=consortium, provider_id=key, joined_on=today if key in own else None)
        for key in sorted(keys)
    )
    for row in rows:
        if row.joined_on is None:
            for person in who_is_told(row.provider):
                post(ASKED, key=f"{ASKED}:{row.pk}:{person.pk}", partner_id=row.pk, user_id=person.pk)


def _tell_lead(consortium: Consortium, rows: Iterable[ConsortiumPartner], *, said: str) -> None:
    for row in rows:
        for person in who_is_told(consortium.lead):
            post(ANSWERED, key=f"{ANSWERED}:{row.pk}:{said}:{person.pk}", partner_id=row.pk, user_id=person.pk)


def _kept_by(consortium: Consortium, user: Any) -> QuerySet[ConsortiumPartner]:
    """Of its partners those whose courses this person keeps."""
    return consortium.partners.filter(ended_on=None, provider__in=Organisation.objects.editing_through(user))


def _require_free_name(lead: Organisation, name: str, *, besides: Consortium | None = None) -> None:
    same = Consortium.objects.filter(lead=lead, name=name)
    if (same.exclude(pk=besides.pk) if besides else same).exists():
        raise RuleBroken(
            _("%(lead)s already leads partners called “%(name)s”. Choose another name.") % {"lead": lead, "name": name},
            code="name_taken",
        )


def _tell_readers(consortium: Consortium) -> None:
    """What anybody reads of who teaches its courses has changed."""
    consortium.courses.update(changed_at=clock.now())
    if consortium.courses.published().exists():
        refresh_search(provider=consortium.lead)
