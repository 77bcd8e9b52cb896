"""What the pages of the prospectus show besides search results."""

from dataclasses import dataclass

from django.db.models import Count, Q

from prospectus.models import CourseSearch, ProvisionKind, Stage, Subject


@dataclass(frozen=True, kw_only=True)
class SubjectTile:
    """A broad subject and how many courses it has."""

    code: str
    name: str
    courses: int

    @property
    def icon(self) -> str:
        return f"subject-{self.code}"


@dataclass(frozen=True, kw_only=True)
class KindTile:
    """Something other than an ordinary course after Year 11, the search that finds it, and how many there are."""

    name: str
    asks: str  # filter=value
    icon: str
    courses: int


@dataclass(frozen=True, kw_only=True)
class Front:
    """What the whole prospectus holds."""

    courses: int
    providers: int
    tiles: list[SubjectTile]
    kinds: list[KindTile]


# name -> (filter, its value, icon), in the order of the page
KINDS = {
    "Apprenticeships": ("kind", ProvisionKind.APPRENTICESHIP, "person"),
    "Tasters and open days": ("kind", ProvisionKind.TASTER, "calendar"),
    "Activities outside lessons": ("kind", ProvisionKind.ACTIVITY, "star"),
    "Options for Years 10 and 11": ("stage", Stage.KEY_STAGE_4, "check"),
}


def front() -> Front:
    """How many published courses there are, from how many providers, of each kind and in each broad subject."""
    rows = CourseSearch.objects.filter(is_lead=True)
    of_kinds = {f"{name}_{value}": Count("pk", filter=Q(**{name: value})) for name, value, _ in KINDS.values()}
    totals = rows.aggregate(courses=Count("pk"), providers=Count("provider", distinct=True), **of_kinds)
    kinds = [
        KindTile(name=text, asks=f"{name}={value}", icon=icon, courses=totals[f"{name}_{value}"])
        for text, (name, value, icon) in KINDS.items()
        if totals[f"{name}_{value}"]
    ]
    return Front(courses=totals["courses"], providers=totals["providers"], tiles=subject_tiles(), kinds=kinds)


def subject_tiles() -> list[SubjectTile]:
    """The broad subjects that have courses."""
    rows = CourseSearch.objects.filter(is_lead=True)
    counted = dict(rows.order_by().values_list("sector_code").annotate(Count("pk")))
    return [
        SubjectTile(code=subject.code, name=str(subject), courses=counted[subject.code])
        for subject in Subject.objects.filter(parent=None)
        if subject.code in counted
    ]
