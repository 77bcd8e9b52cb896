import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, TruncDate

from core import clock
from core.querysets import is_nothing, with_known_keys
from providers.workflow import WAITING

LAPSED_SHOWN_DAYS = 180  # how long a role that nobody used can be asked back with one press


class AreaQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "AreaQuerySet":
        """Every area, for the prospectus is public; not the one of the sandboxes."""
        return self.filter(is_practice=False)


class CycleQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "CycleQuerySet":
        """Every cycle, for its dates and rules are public; not those of the sandboxes."""
        return self.filter(area__is_practice=False)

    def running(self) -> "CycleQuerySet":
        """Cycles that have not ended, the next to end first."""
        return self.filter(ends_on__gte=clock.today()).order_by("entry_year")

    def post_16(self) -> "CycleQuerySet":
        """Cycles for what comes after Year 11: what the September Guarantee and the providers' years are about."""
        return self.filter(phase="post_16")


class Held(NamedTuple):
    """A role somebody holds today."""

    pk: int
    kind: str
    is_aside: bool
    organisation_id: int
    reference: str
    name: str
    organisation_kind: str


def _held(role: Any) -> Held:
    there = role.organisation
    return Held(role.pk, role.kind, role.is_aside, there.pk, there.reference, there.name, there.kind)


def ask_roles_once(user: Any, *known: Any) -> None:
    """Until ``forget_roles``, ``user`` is somebody of whom one request asks the roles once, when first needed; not even
    that where all of them are ``known``.

    What is only for roles they do not hold is then nothing from the start, and costs neither a statement nor its
    making; what is for those they hold names their keys. A request may what the roles at its beginning let it do.
    """
    user.roles_are_asked_once = True
    if known:
        user.roles_held_today = [_held(role) for role in known]


def forget_roles(user: Any) -> None:
    """Whoever asks next for the roles of ``user`` asks the database: they have changed."""
    for name in ("roles_held_today", "acting_today", "caseload_today"):  # each follows from the one before
        if hasattr(user, name):
            delattr(user, name)


def roles_held(user: Any) -> Sequence[Held]:
    """The roles ``user`` holds today, those put aside too, asked of the database once and kept on the user object: a
    page asks for them fifty times."""
    known = getattr(user, "roles_held_today", None)
    if known is not None:
        return known
    if not user.is_authenticated:
        return ()
    from providers.models import StaffRole

    roles = StaffRole.objects.current().filter(user=user).order_by("organisation__name", "pk")
    there = ("organisation_id", "organisation__reference", "organisation__name", "organisation__kind")
    user.roles_held_today = [Held(*row) for row in roles.values_list("pk", "kind", "is_aside", *there)]
    return user.roles_held_today


def _acting(user: Any, kinds: Sequence[str]) -> list[Held] | None:
    """The roles of these kinds (of all when none is named) that ``user`` acts in; None where every statement asks."""
    if not getattr(user, "roles_are_asked_once", False):
        return None
    return [role for role in roles_held(user) if not role.is_aside and (not kinds or role.kind in kinds)]


class StaffRoleQuerySet(models.QuerySet):
    def current(self) -> "StaffRoleQuerySet":
        """Roles that hold today."""
        today = clock.today()
        begun = self.filter(started_on__lte=today, ended_at=None)
        return begun.filter(Q(ended_on=None) | Q(ended_on__gte=today))

    def of(self, user: Any, *kinds: str) -> "StaffRoleQuerySet":
        """What ``user`` is today, of these kinds (all kinds when none is named), without what they have put aside."""
        if not user.is_authenticated:
            return self.none()
        if (acting := _acting(user, kinds)) is not None:
            return with_known_keys(self, [role.pk for role in acting]) if acting else self.none()
        roles = self.current().filter(user=user, is_aside=False)
        return roles.filter(kind__in=kinds) if kinds else roles

    def over_areas(self, user: Any) -> "StaffRoleQuerySet":
        """Roles that keep what all areas share: area coordinators, and officers of an authority."""
        of_authority = Q(kind="officer", organisation__kind="authority")
        return self.of(user, "help_desk", "officer").filter(Q(kind="help_desk") | of_authority)

    def visible_to(self, user: Any) -> "StaffRoleQuerySet":
        """The roles of today, at the providers whose staff this person may know."""
        from providers.models import Organisation

        return self.current().people().filter(organisation__in=Organisation.objects.staffed_through(user))

    def people(self) -> "StaffRoleQuerySet":
        """Without the accounts that a college's own system acts by: nobody signs in with them."""
        return self.exclude(kind="system")

    def helped_by(self, user: Any) -> "StaffRoleQuerySet":
        """Roles of today of the people whom ``user`` may help to sign in again: an area's help desk everybody who acts
        in its area, a provider's manager those who act for nobody else. Never oneself."""
        from providers.models import StaffRole

        mine, today = StaffRole.objects.of(user), StaffRole.objects.current()
        areas = mine.filter(kind="help_desk").values("organisation__area")
        managed = mine.filter(kind="manager", organisation__is_provider=True).values("organisation")
        elsewhere = today.filter(user=models.OuterRef("user")).exclude(organisation__in=managed)
        helped = Q(organisation__area__in=areas) | Q(Q(organisation__in=managed) & ~models.Exists(elsewhere))
        return self.current().people().filter(helped).exclude(user=user.pk)

    def for_list(self) -> "StaffRoleQuerySet":
        return self.select_related("user", "organisation__area")

    def with_last_use(self) -> "StaffRoleQuerySet":
        """Each with ``last_use``, the day its holder last signed in, or the day it began if that was later."""
        return self.annotate(last_use=Greatest(TruncDate("user__last_login"), "started_on"))

    def in_use(self) -> "StaffRoleQuerySet":
        """Roles of today of people who may sign in and have not been warned in vain."""
        used = self.current().filter(user__is_active=True).with_last_use()
        return used.filter(Q(warned_on=None) | Q(warned_on__lte=F("last_use")))

    def to_warn(self) -> "StaffRoleQuerySet":
        """Roles whose holders have not signed in for long, and have not been told so since."""
        first, _again, _end = settings.STAFF_UNUSED_DAYS
        return self.in_use().filter(last_use__lte=clock.today() - dt.timedelta(days=first))

    def to_warn_again(self) -> "StaffRoleQuerySet":
        """Roles whose holders were told once, long enough ago, and have not signed in since."""
        first, again, _end = settings.STAFF_UNUSED_DAYS
        today = clock.today()
        return (
            self.current()
            .filter(user__is_active=True, warned_on__lte=today - dt.timedelta(days=again - first))
            .with_last_use()
            .filter(last_use__lte=today - dt.timedelta(days=again), warned_on__gt=F("last_use"))
            .filter(Q(warned_again_on=None) | Q(warned_again_on__lte=F("last_use")))
        )

    def to_lapse(self) -> "StaffRoleQuerySet":
        """Roles whose holders were told twice, the second time long enough ago, and have not signed in since."""
        _first, again, end = settings.STAFF_UNUSED_DAYS
        today = clock.today()
        return (
            self.current()
            .filter(user__is_active=True, warned_again_on__lte=today - dt.timedelta(days=end - again))
            .with_last_use()
            .filter(last_use__lte=today - dt.timedelta(days=end))
            .filter(warned_on__gt=F("last_use"), warned_again_on__gt=F("last_use"))
        )

    def lapsed_to(self, user: Any) -> "StaffRoleQuerySet":
        """Roles that ended in the last months because nobody signed in, and that ``user`` may ask back: a provider's
        manager its own kinds, an area's help desk all of its area. Not those of people who have the role again."""
        from providers.models import PROVIDER_ROLES, StaffRole

        mine, today = StaffRole.objects.of(user), StaffRole.objects.current()
        areas = mine.filter(kind="help_desk").values("organisation__area")
        managed = mine.filter(kind="manager").values("organisation")
        has_it = today.filter(
            user=models.OuterRef("user"), organisation=models.OuterRef("organisation"), kind=models.OuterRef("kind")
        )
        since = clock.today() - dt.timedelta(days=LAPSED_SHOWN_DAYS)
        lapsed = self.filter(has_lapsed=True, ended_on__gte=since, user__is_active=True, organisation__ended_on=None)
        of_provider = Q(organisation__in=managed, kind__in=PROVIDER_ROLES)
        return lapsed.filter(~models.Exists(has_it)).filter(Q(organisation__area__in=areas) | of_provider)


class InvitationQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "InvitationQuerySet":
        """Invitations to the providers whose staff this person may know."""
        from providers.models import Organisation

        return self.filter(organisation__in=Organisation.objects.staffed_through(user))

    def waiting(self) -> "InvitationQuerySet":
        """Neither used nor withdrawn; their time may be over."""
        return self.filter(accepted_at=None, withdrawn_at=None).exclude(email="")

    def for_list(self) -> "InvitationQuerySet":
        return self.select_related("organisation__area", "by")


class OrganisationQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "OrganisationQuerySet":
        """Every organisation that is open, for their names are public; no sandbox."""
        return self.filter(ended_on=None, practice_of=None)

    def providers(self) -> "OrganisationQuerySet":
        return self.filter(is_provider=True)

    def with_role(self, user: Any, *kinds: str, but_of: str = "") -> "OrganisationQuerySet":
        """Organisations that ``user`` acts for today in one of these roles, but for those of the kind ``but_of``."""
        from providers.models import StaffRole

        if user.is_authenticated and (acting := _acting(user, kinds)) is not None:
            keys = sorted({role.organisation_id for role in acting if role.organisation_kind != but_of})
            return with_known_keys(self, keys) if keys else self.none()
        roles = StaffRole.objects.of(user, *kinds)
        if but_of:
            roles = roles.exclude(organisation__kind=but_of)
        return self.none() if is_nothing(roles) else self.filter(pk__in=roles.values("organisation"))

    def admitting_through(self, user: Any) -> "OrganisationQuerySet":
        """Providers whose applications ``user`` answers: people, and a college's own system. The manager of an advice
        service keeps caseloads, and neither applications nor courses."""
        return self.with_role(user, "admissions", "manager", "system", but_of="advice_service")

    def editing_through(self, user: Any) -> "OrganisationQuerySet":
        """Providers whose courses ``user`` keeps."""
        return self.with_role(user, "editor", "manager", but_of="advice_service")

    def staffed_through(self, user: Any) -> "OrganisationQuerySet":
        """Providers whose staff ``user`` may know: those they act for, and for an area's help desk all of its area."""
        from providers.models import StaffRole

        roles = StaffRole.objects.of(user)
        own = roles.filter(kind__in=("editor", "admissions", "manager")).values("organisation")
        areas = roles.filter(kind="help_desk").values("organisation__area")
        return self.filter(Q(pk__in=own) | Q(area__in=areas), is_provider=True, ended_on=None)

    def let_in_through(self, user: Any) -> "OrganisationQuerySet":
        """Organisations that ``user`` may let systems into: the providers they manage, those providers' sandboxes, and
        for an area's help desk all sandboxes of its area's providers."""
        from providers.models import StaffRole

        roles = StaffRole.objects.of(user)
        managed = roles.filter(kind="manager", organisation__is_provider=True).values("organisation")
        areas = roles.filter(kind="help_desk").values("organisation__area")
        mine = Q(pk__in=managed) | Q(practice_of__in=managed) | Q(practice_of__area__in=areas)
        return self.filter(mine)

    def practising_through(self, user: Any) -> "OrganisationQuerySet":
        """Providers for whose programmers ``user`` may make a sandbox: those they manage, and for an area's help desk
        all of its area."""
        from providers.models import StaffRole

        roles = StaffRole.objects.of(user)
        managed = roles.filter(kind="manager").values("organisation")
        areas = roles.filter(kind="help_desk").values("organisation__area")
        return self.visible_to(user).filter(Q(pk__in=managed) | Q(area__in=areas), is_provider=True)

    def coordinating_through(self, user: Any) -> "OrganisationQuerySet":
        """Schools whose roll ``user`` looks after."""
        return self.with_role(user, "coordinator")


class SiteQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "SiteQuerySet":
        """Every site that is open."""
        return self.filter(ended_on=None)

    def kept_by(self, user: Any) -> "SiteQuerySet":
        """The sites of the providers whose courses this person keeps, ended ones too."""
        from providers.models import Organisation

        return self.filter(organisation__in=Organisation.objects.editing_through(user))


class UploadQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "UploadQuerySet":
        """Uploads of the kinds this person may hand over, for the organisations they act for."""
        from providers.uploads import KINDS

        seen = Q(pk__in=[])
        for kind in KINDS.values():
            seen |= Q(kind=kind.name, organisation__in=kind.organisations_for(user))
        return self.filter(seen)

    def waiting(self) -> "UploadQuerySet":
        """Checked, and nobody has confirmed them."""
        return self.filter(state__in=sorted(WAITING), confirmed_at=None)

    def for_list(self) -> "UploadQuerySet":
        return self.select_related("organisation", "by", "confirmed_by", "undo_asked_by", "job")


class UploadIssueQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "UploadIssueQuerySet":
        """The issues of the uploads this person may see."""
        from providers.models import Upload

        return self.filter(upload__in=Upload.objects.visible_to(user))


class UploadChangeQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "UploadChangeQuerySet":
        """The changes of the uploads this person may see."""
        from providers.models import Upload

        return self.filter(upload__in=Upload.objects.visible_to(user))


class UploadReversalQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "UploadReversalQuerySet":
        """What was undone of the uploads this person may see."""
        from providers.models import Upload

        return self.filter(upload__in=Upload.objects.visible_to(user))


class UploadRowQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "UploadRowQuerySet":
        """The rows of the uploads this person may see."""
        from providers.models import Upload

        return self.filter(upload__in=Upload.objects.visible_to(user))


class UploadFixQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "UploadFixQuerySet":
        """The corrections of the uploads this person may see."""
        from providers.models import Upload

        return self.filter(upload__in=Upload.objects.visible_to(user))
