"""Who may open which page of the prospectus: everybody, with or without an account."""

from prospectus.actions import refresh_search
from prospectus.actions.consortia import create_consortium
from prospectus.actions.rollover import request_roll_over
from prospectus.messages import token_of
from prospectus.models import Consortium, ConsortiumPartner, Feed, FeedFetch
from providers.models import Upload
from tests.factories import CourseFactory, CourseRunFactory

EVERYBODY = (
    "anonymous", "learner", "other_learner", "coordinator", "other_coordinator", "adviser", "admissions",
    "other_admissions", "editor", "officer",
)  # fmt: skip

ACCESS = {
    name: dict.fromkeys(EVERYBODY, 200)
    for name in (
        "prospectus:home",
        "prospectus:courses",
        "prospectus:course",
        "prospectus:provider",
        "prospectus:levels",
        "prospectus:map",
        "prospectus:together",
        "prospectus:start-now",
        "prospectus:areas",
        "prospectus:area-course-list",
        "prospectus:area-course-list-pdf",
        "prospectus:provider-course-list",
        "prospectus:provider-course-list-pdf",
    )
}
ACCESS |= {name: dict.fromkeys(EVERYBODY, 200) for name in ("prospectus:feed", "prospectus:provider-feed")}
ACCESS |= {
    f"prospectus:{name}": dict.fromkeys(EVERYBODY, 200)
    for name in (
        "open-data", "api", "courses-table", "dictionary", "robots", "sitemap", "sitemap-part", "api:openapi-json",
        "api:areas", "api:levels", "api:subjects", "api:qualification-types", "api:providers", "api:provider",
        "api:courses", "api:course", "api:search",
    )
}  # fmt: skip
ACCESS |= {"prospectus:api-nothing": dict.fromkeys(EVERYBODY, 404)}
NOT_FOUND = dict.fromkeys(EVERYBODY, 404) | {"anonymous": 302}
ACCESS |= {
    "prospectus:opening": NOT_FOUND | {"editor": 200},
    "prospectus:opening-change": NOT_FOUND | {"editor": 302},
}
# The words of search, for area coordinators and officers of an authority.
ACCESS |= {
    f"prospectus:{name}": NOT_FOUND | {"officer": 200}
    for name in (
        "synonyms", "synonym-add", "synonym-change", "synonym-delete", "phrases", "phrase-add", "phrase-change",
        "phrase-delete", "misses", "misses-download", "why", "wishes", "wishes-download",
    )
}  # fmt: skip
# Keeping courses needs no account; a note does, and is its owner's.
ACCESS |= {
    f"prospectus:{name}": dict.fromkeys(EVERYBODY, 200) for name in ("shortlist", "compare", "wish", "wish-made")
}
ACCESS |= {
    f"prospectus:{name}": dict.fromkeys(EVERYBODY, 302) for name in ("shortlist-keep", "shortlist-remove", "apply")
}
ACCESS |= {"prospectus:shortlist-note": NOT_FOUND | {"learner": 200}}
# A provider's own courses, for those who keep them.
ACCESS |= {
    f"prospectus:{name}": NOT_FOUND | {"editor": 200}
    for name in (
        "desk-courses", "proforma", "paper-list",
        "course-create", "desk-course", "course-edit", "course-requirements", "course-experience", "course-share",
        "course-parts",
        "course-publish", "course-withdraw", "course-bring-back", "run-create", "run-edit", "run-publish", "run-end",
        "site-create", "sites", "site-edit", "site-end", "site-merge", "opening-runs",
        "profile-edit",
        "consortia", "consortium-create", "consortium-edit", "consortium-end",
        "consortium-join", "consortium-leave", "roll-over", "roll-over-job",
    )
}  # fmt: skip
ACCESS |= {"prospectus:opening-set": NOT_FOUND | {"editor": 302}}  # nothing is ticked
ACCESS |= {"prospectus:runs-publish": NOT_FOUND | {"editor": 302}}
ACCESS |= {"prospectus:columns-explain": NOT_FOUND | {"editor": 302}}  # nothing is asked
ACCESS |= {
    f"prospectus:{name}": dict.fromkeys(EVERYBODY, 200) | {"anonymous": 302}
    for name in ("saved-searches", "saved-search-save")
}
ACCESS |= {
    f"prospectus:{name}": NOT_FOUND | {"learner": 200} for name in ("saved-search-change", "saved-search-remove")
}
ACCESS |= {"prospectus:saved-search-open": NOT_FOUND | {"learner": 302}}
ACCESS |= {"prospectus:saved-search-stop": dict.fromkeys(EVERYBODY, 200)}
ACCESS |= {
    f"prospectus:{name}": NOT_FOUND | {"editor": 200, "officer": 200} for name in ("interest", "interest-download")
}
ACCESS |= {f"prospectus:{name}": NOT_FOUND | {"editor": 200} for name in ("health", "health-courses")}
ACCESS |= {"prospectus:courses-mend": NOT_FOUND | {"editor": 302}}  # nothing is ticked
ACCESS |= {
    f"prospectus:{name}": NOT_FOUND | {"officer": 200}
    for name in ("health-area", "health-area-download", "health-notices", "health-provider", "health-pause")
}
ACCESS |= {f"prospectus:{name}": NOT_FOUND | {"officer": 200} for name in ("descriptions", "description")}
ACCESS |= {
    f"prospectus:{name}": NOT_FOUND | {"officer": 200}
    for name in ("freshness-rules", "freshness-rule-change", "closure-add")
}
ACCESS |= {"prospectus:closure-remove": NOT_FOUND}  # there is none on that day
ACCESS |= {"prospectus:description-check": NOT_FOUND | {"officer": 409}}  # says nothing of the words that were read
ACCESS |= {"prospectus:descriptions-check": NOT_FOUND | {"officer": 302}}
ACCESS |= {"prospectus:description-return": NOT_FOUND | {"officer": 200}}
ACCESS |= {"prospectus:health-resume": NOT_FOUND | {"officer": 302}}
ACCESS |= {"prospectus:courses-confirm": NOT_FOUND | {"editor": 302}}
# Feeds: of one's own provider for its editors, all of them for those who look after all providers.
ACCESS |= {
    f"prospectus:{name}": NOT_FOUND | {"editor": 200, "officer": 200}
    for name in ("desk-feeds", "desk-feed", "feed-add", "feed-edit", "feed-fetch", "feed-end")
}
ACCESS |= {
    f"prospectus:{name}": NOT_FOUND | {"editor": 302, "officer": 302}
    for name in ("feed-try", "feed-resume", "feed-pause")
}
POSTED = {
    "prospectus:feed-try",
    "prospectus:feed-resume",
    "prospectus:feed-pause",
    "prospectus:health-resume",
    "prospectus:courses-confirm",
    "prospectus:closure-remove",
    "prospectus:description-check",
    "prospectus:descriptions-check",
    "prospectus:runs-publish",
    "prospectus:shortlist-keep",
    "prospectus:shortlist-remove",
    "prospectus:opening-change",
}


def course_of(world, state):
    """One more course of the provider, in this state."""
    return CourseFactory(provider=world.provider, state=state)


def partners_of(world):
    """The partners that the provider leads."""
    return world.provider.consortia_led.first() or create_consortium(
        lead=world.provider, name="Engineering line", partners=[world.southbank], by=world.people["editor"]
    )


def asked_of(world):
    """Partners that another provider leads, and that it has asked this one to be among."""
    lead = world.southbank
    consortium, _ = Consortium.objects.get_or_create(lead=lead, name="Care line")
    ConsortiumPartner.objects.get_or_create(consortium=consortium, provider=world.provider, joined_on=None)
    return consortium


def feed_of(world, *, state="paused"):
    """The feed of the provider, put into this state each time one asks for it."""
    feed, _ = Feed.objects.update_or_create(
        provider=world.provider, defaults={"source": "folder", "by": world.people["editor"], "state": state}
    )
    return feed


def described_of(world):
    """The course of the provider, whose description somebody has to read."""
    refresh_search(provider=world.provider)
    return [world.course.reference]


def paper_list_of(world):
    """A list on paper that was held against the provider's courses."""
    return Upload.objects.create(
        kind="paper-list", organisation=world.provider, file_name="list.csv", file_size=1, file_sha256="2" * 64,
        state="published",
    )  # fmt: skip


def roll_over_of(world):
    return request_roll_over(provider=world.provider, entry_year=2026, by=world.people["editor"])


# ``world`` has: course (published), provider (with is_provider). The course's own address has its title in it.
ARGS = {
    **{
        f"prospectus:{name}": lambda world: [world.course.reference]
        for name in (
            "desk-course",
            "course-requirements",
            "course-experience",
            "course-share",
            "course-parts",
            "course-withdraw",
            "run-create",
        )
    },
    "prospectus:columns-explain": lambda world: [world.upload.reference],
    "prospectus:course-edit": lambda world: [world.course.reference, "basics"],
    "prospectus:course-publish": lambda world: [course_of(world, "draft").reference],
    "prospectus:course-bring-back": lambda world: [course_of(world, "withdrawn").reference],
    "prospectus:paper-list": lambda world: [paper_list_of(world).reference],
    "prospectus:run-edit": lambda world: [world.run.reference],
    "prospectus:run-publish": lambda world: [CourseRunFactory(course=world.course, state="draft").reference],
    "prospectus:run-end": lambda world: [world.run.reference],
    "prospectus:site-create": lambda world: [world.provider.reference],
    "prospectus:profile-edit": lambda world: [world.provider.reference],
    "prospectus:opening-runs": lambda world: [world.provider.reference],
    "prospectus:opening-set": lambda world: [world.provider.reference],
    **dict.fromkeys(
        ("prospectus:site-edit", "prospectus:site-end", "prospectus:site-merge"),
        lambda world: [world.run.site.reference],
    ),
    "prospectus:consortium-edit": lambda world: [partners_of(world).reference],
    "prospectus:consortium-end": lambda world: [partners_of(world).reference],
    "prospectus:consortium-join": lambda world: [asked_of(world).reference],
    "prospectus:consortium-leave": lambda world: [asked_of(world).reference],
    "prospectus:roll-over-job": lambda world: [roll_over_of(world).reference],
    "prospectus:runs-publish": lambda world: [world.provider.reference],
    "prospectus:courses-confirm": lambda world: [world.provider.reference],
    "prospectus:health-provider": lambda world: [world.provider.reference],
    "prospectus:health-pause": lambda world: [world.provider.reference],
    "prospectus:health-resume": lambda world: [world.provider.reference],
    **{f"prospectus:{name}": described_of for name in ("description", "description-return")},
    "prospectus:description-check": described_of,
    "prospectus:closure-remove": lambda world: [world.area.slug, "2026-12-21"],
    "prospectus:freshness-rule-change": lambda world: [world.area.slug, "college"],
    "prospectus:courses-mend": lambda world: [world.provider.reference, "level"],
    "prospectus:health-courses": lambda world: [world.provider.reference, "expired"],
    **{
        f"prospectus:{name}": lambda world: [feed_of(world).reference]
        for name in ("desk-feed", "feed-edit", "feed-try", "feed-end")
    },
    "prospectus:feed-resume": lambda world: [feed_of(world).reference],
    "prospectus:feed-pause": lambda world: [feed_of(world, state="on").reference],
    "prospectus:feed-fetch": lambda world: [FeedFetch.objects.create(feed=feed_of(world)).reference],
    "prospectus:home": lambda world: [],
    "prospectus:saved-search-open": lambda world: [world.saved_search.reference],
    "prospectus:saved-search-change": lambda world: [world.saved_search.reference],
    "prospectus:saved-search-remove": lambda world: [world.saved_search.reference],
    "prospectus:saved-search-stop": lambda world: [token_of(world.saved_search)],
    "prospectus:shortlist-note": lambda world: [world.course.reference],
    "prospectus:apply": lambda world: [world.other_run.course.reference, world.other_run.reference],
    "prospectus:courses": lambda world: [],
    "prospectus:levels": lambda world: [],
    "prospectus:course": lambda world: world.course.get_absolute_url().strip("/").split("/")[1:],
    "prospectus:opening-change": lambda world: [world.provider.reference],
    "prospectus:sitemap-part": lambda world: ["courses"],
    "prospectus:api-nothing": lambda world: ["nothing"],
    "prospectus:api:provider": lambda world: [world.provider.reference],
    "prospectus:api:course": lambda world: [world.course.reference],
    "prospectus:provider-feed": lambda world: [world.provider.reference],
    "prospectus:synonym-change": lambda world: [world.synonym.said],
    "prospectus:synonym-delete": lambda world: [world.synonym.said],
    "prospectus:phrase-change": lambda world: [world.phrase.phrase],
    "prospectus:phrase-delete": lambda world: [world.phrase.phrase],
    "prospectus:area-course-list": lambda world: [world.area.slug],
    "prospectus:area-course-list-pdf": lambda world: [world.area.slug],
    "prospectus:provider-course-list": lambda world: [world.provider.reference],
    "prospectus:provider-course-list-pdf": lambda world: [world.provider.reference],
    "prospectus:provider": lambda world: [world.provider.reference],
}
