"""As whom somebody asks for figures of many learners, and of what they may also read the names.

A number leads to names where whoever asks may know of each of those learners what the number counts. Everything else is
a figure: rounded where people put questions together themselves, suppressed in tables that are the same for everybody.
"""

from typing import Any, NamedTuple

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, RollEntry
from accounts.querysets.caseload import at_schools_of_caseload
from providers.models import Area, Organisation, StaffRole

ROLL, YOUNGER, ACCOUNT, CONSENT, LIGHT, PLAN, CHOICES, CHARACTERISTICS, NEED = FACTS = (
    "roll", "younger", "account", "consent", "light", "plan", "choices", "characteristics", "need",
)  # fmt: skip
# What each role may know of one learner. Of plans and choices an adviser knows where the learner shares them, so
# theirs are counted of those only. Sources: decisions 0035 (names), 0045 (need), 0049 (special needs).
KNOWN = {
    "coordinator": frozenset({ROLL, YOUNGER, ACCOUNT, LIGHT, PLAN, CHOICES, CHARACTERISTICS}),
    "adviser": frozenset({ROLL, YOUNGER, ACCOUNT, CONSENT, LIGHT, PLAN, CHOICES, NEED}),
    "officer": frozenset({ROLL, LIGHT, CHARACTERISTICS, NEED}),
}
READERS = tuple(KNOWN)
IN_WORDS = {
    "coordinator": _("your school"),
    "adviser": _("the schools of your caseload"),
    "officer": _("the schools of your area"),
}


class Basis(models.TextChoices):
    """Where a learner counts."""

    EDUCATED = "educated", _("Where they are educated")
    RESIDENT = "resident", _("Where they live")


class Reader(NamedTuple):
    """Somebody in one of these roles. ``schools``: those whose learners they ask about, with ended ones.

    Of a day that is over figures are of the rolls of these schools, for an adviser too: who was whose then is not
    asked. Of today they are of ``asked_about``.
    """

    user: Any
    kind: str
    organisation: Organisation
    schools: QuerySet

    @property
    def area(self) -> Area:
        return self.organisation.area

    @property
    def words(self) -> Any:
        return IN_WORDS[self.kind]

    @property
    def people_words(self) -> Any:
        """Whose learners the cohorts are of: an adviser has some singly, and not all of a school."""
        return _("your caseload") if self.kind == "adviser" else self.words

    def asked_about(self, basis: str = Basis.EDUCATED) -> Q:
        """Of which learners they ask today.

        An adviser has some singly, and not all of a school. Living here: their authority is the area's, wherever their
        school is; where nobody has recorded it, they count where they are educated. Source:
        nccis-september-guarantee.md, "Who counts where".
        """
        on_roll = RollEntry.objects.current()
        if self.kind == "adviser":
            here = Q(pk__in=Learner.objects.on_caseload_of(self.user).values("pk"))
        else:
            here = Q(pk__in=on_roll.filter(school__in=self.schools.values("pk")).values("learner"))
        if basis != Basis.RESIDENT or self.area.authority_id is None:
            return here
        lives_here = Q(residence_authority=self.area.authority_id)
        anywhere = Q(pk__in=on_roll.values("learner")) if self.kind == "officer" else here
        return anywhere & lives_here | here & Q(residence_authority=None)

    def may_name(self, facts: frozenset[str]) -> bool:
        """Whether they may know all of this of one learner."""
        return facts <= KNOWN[self.kind]


def reader_of(user: Any) -> Reader | None:
    """As whom this person asks: an officer about the area, an adviser about the caseload, a coordinator about the
    school. None for everybody else."""
    roles = {role.kind: role for role in StaffRole.objects.of(user, *READERS).select_related("organisation__area")}
    for kind in ("officer", "adviser", "coordinator"):
        if (role := roles.get(kind)) is not None:
            return Reader(user, kind, role.organisation, _schools(user, kind, role.organisation.area))
    return None


def _schools(user: Any, kind: str, area: Area) -> QuerySet:
    if kind == "officer":
        return Organisation.objects.filter(kind="school", area=area)
    if kind == "adviser":
        return Organisation.objects.filter(at_schools_of_caseload(user, path="pk"))
    return Organisation.objects.filter(pk__in=Organisation.objects.coordinating_through(user).values("pk"))
