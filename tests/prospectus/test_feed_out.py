"""The prospectus as XCRI-CAP 1.2, and back again."""

import datetime as dt
import gzip
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from prospectus import checks
from prospectus.actions import refresh_search
from prospectus.exports import XcriFeed
from prospectus.imports.words import kind_of
from prospectus.models import (
    Consortium,
    Course,
    CourseRun,
    Delivery,
    EntryRequirement,
    Pattern,
    ProvisionKind,
    QualificationType,
    Stage,
    StudyMode,
    Subject,
)
from prospectus.xcri import DC, MLO, OURS, XCRI_1_2
from providers.models import Organisation, Site
from tests.factories import AreaFactory, CourseFactory, CourseRunFactory, ProviderFactory, SiteFactory
from tests.ground import ground
from tests.prospectus.feeds import issues_of, take_in

URL = "/feeds/xcri-1.2.xml"
SCHEMAS = Path(__file__).parents[3] / "shared" / "data" / "xcri_schemas"
XSD = "{http://www.w3.org/2001/XMLSchema}"


def written(provider):
    """The provider's feed, without what each portal gives anew: its references and the day of the last check."""
    feed = XcriFeed(
        title="Courses",
        providers=Organisation.objects.filter(pk=provider.pk),
        courses=Course.objects.visible_to(AnonymousUser()),
        generated_at=dt.datetime(2026, 11, 18, tzinfo=dt.UTC),
        address=lambda path: f"https://portal.example{path}",
    )
    text = b"".join(feed).decode()
    text = re.sub(r'(<portal:details) reference="\w+"(?: checked_on="[\d-]+")?', r"\1", text)
    return re.sub(r"https://portal\.example/(courses|providers)/\w+/[\w-]*/?", r"https://portal.example/\1/", text)


def moved(provider, tmp_path):
    """The feed of this provider, what a fresh provider of the same number made of it, and that one's feed."""
    first = written(provider)
    ukprn, provider.ukprn = provider.ukprn, None
    provider.save()
    fresh = ProviderFactory(
        name=provider.name, area=provider.area, ukprn=ukprn, website=provider.website, takes_applications=False
    )
    upload = take_in(fresh, tmp_path, first)
    return first, fresh, upload, written(fresh)


@ground
def rich(reference):
    """A provider whose two courses use every field there is."""
    provider = ProviderFactory(name="Northfield & Hill College", ukprn="10099001", website="https://northfield.example")
    site = SiteFactory(
        organisation=provider, provider_reference="HILL", name="Hill Site", address="1 Hill Road, Upper End",
        town="Northmoor", postcode="ZN1 1AA", latitude=53.123456789, longitude=-1.25, is_exact=True,
    )  # fmt: skip
    course = CourseFactory(
        provider=provider, provider_reference="https://northfield.example/plumbing?year=1&x=2",
        title="Plumbing & “heat”",
        kind=ProvisionKind.RE_ENGAGEMENT, stage=Stage.KEY_STAGE_4,
        consortium=Consortium.objects.create(lead=provider, name="Construction & Built Environment"),
        summary="An opening sentence that was cut off by some other program at one hundred and forty characters and "
        "therefore ends without a stop in the mid",
        what_you_do='<p>Pipes<br>and <strong>boilers</strong></p><ul><li>A &amp; B</li></ul><p><a href="https://x.example/'
        '?a=1&amp;b=2" rel="nofollow noopener">More</a></p>',
        who_it_is_for="<p>You.</p>", entry_requirements="<p>Five GCSEs.</p>", how_assessed="<p>Tests.</p>",
        leads_to="<p>Work.</p>", costs_and_help="<p>A grant.</p>",
        other_texts=[["Rules", "<p>Boots.</p>"], ["Something new", "<p>Own.</p>"], ["How to apply", "<p>Ask.</p>"]],
        qualification_title="Certificate in Plumbing", qualification_type_id="city_guilds",
        awarding_organisation="City & Guilds", levels=["E", "2"], level_text="Somewhere near level two",
        subject_id="05.2", subject_words=["Building, all of it", "Pipes"], search_words="plumber, pipe; fitter",
        website="",
    )  # fmt: skip
    EntryRequirement.objects.create(
        course=course, position=1, how_many=5, qualification_type_id="gcse", level_id="2", grade="4"
    )
    EntryRequirement.objects.create(course=course, position=2, subject_words="maths", grade="4", is_essential=False)
    CourseRunFactory(
        course=course, provider_reference="R1", site=site, starts_on=dt.date(2027, 9, 6), start_text="6 September 2027",
        ends_on=dt.date(2028, 6, 30), is_flexible_start=True, duration_text="1 year", study_mode=StudyMode.FULL_TIME,
        delivery=Delivery.OUTREACH, pattern=Pattern.FLEXIBLE, mode_text="Now and then", cost_pence=0,
        cost_text="Free, but bring boots", extra_cost_pence=4550, option_block="A", places=24,
        apply_from_on=dt.date(2026, 10, 1), apply_until_on=dt.date(2027, 3, 31),
        apply_url="https://northfield.example/apply?x=1&y=2",
    )  # fmt: skip
    CourseRunFactory(
        course=course, provider_reference="R0", site=None, starts_on=None, start_text="", study_mode=StudyMode.UNKNOWN,
        delivery=Delivery.UNKNOWN, pattern=Pattern.UNKNOWN, cost_pence=12_345, places=None,
    )  # fmt: skip
    CourseFactory(provider=provider, provider_reference="PLAIN", title="Plain", summary="", levels=[], subject=None)
    refresh_search()
    return provider


# What is in it


def test_only_what_is_published_and_shown_leaves(rich, client):
    course = Course.objects.get(provider_reference__startswith="https")
    CourseFactory(provider=rich, title="Secret draft", state="draft")
    CourseRunFactory(course=course, provider_reference="DRAFT", state="draft")
    CourseRunFactory(course=course, provider_reference="ENDED", ended_on=dt.date(2026, 1, 1))
    closed = CourseFactory(provider=ProviderFactory(name="Closed College", ended_on=dt.date(2026, 1, 1)))

    text = client.get(URL).getvalue().decode()

    assert "Plumbing &amp; “heat”" in text
    assert not [word for word in ("Secret draft", "DRAFT", "ENDED", closed.title, "Closed College") if word in text]


def test_a_feed_holds_one_area_or_one_provider(town, client):
    def titles(url):
        root = etree.fromstring(client.get(url).getvalue())
        return sorted(root.xpath("//x:course/dc:title/text()", namespaces={"x": XCRI_1_2, "dc": DC}))

    assert titles(f"{URL}?area={town.eastvale.slug}") == ["Animal Management", "Hairdressing", "Plumbing and Heating"]
    assert titles(f"/providers/{town.southbank.reference}/xcri-1.2.xml") == [
        "A Level Computer Science",
        "Mathematics GCSE",
    ]
    assert len(titles(URL)) == 7
    assert client.get(f"{URL}?area=nowhere").status_code == 404
    assert client.get("/providers/NOSUCH/xcri-1.2.xml").status_code == 404


def test_a_feed_is_asked_for_again_only_when_something_changed(rich, client):
    first = client.get(URL)
    again = client.get(URL, headers={"if-none-match": first["ETag"]})
    since = client.get(URL, headers={"if-modified-since": first["Last-Modified"]})
    Site.objects.update(town="Elsewhere")
    moved_site = client.get(URL, headers={"if-none-match": first["ETag"]})

    assert (again.status_code, since.status_code, moved_site.status_code) == (304, 304, 200)
    assert first["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in first["Vary"]
    assert first["Access-Control-Allow-Origin"] == "*"


def test_a_feed_is_compressed_where_that_is_wanted(rich, client):
    plain = client.get(URL)
    packed = client.get(URL, headers={"accept-encoding": "br, gzip;q=0.8"})
    unwanted = client.get(URL, headers={"accept-encoding": "gzip;q=0"})

    assert (packed["Content-Encoding"], packed["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(packed.getvalue()) == plain.getvalue()
    assert "Content-Encoding" not in unwanted


def test_a_head_request_writes_no_feed(rich, client):
    response = client.head(URL)

    assert (response.status_code, response["ETag"], response.content) == (200, client.get(URL)["ETag"], b"")


def test_it_is_streamed_a_few_courses_at_a_time(rich, client, django_assert_num_queries):
    for number in range(20):
        CourseRunFactory(course=CourseFactory(provider=rich, title=f"One more {number}"), site=None)

    parts = list(client.get(URL).streaming_content)

    assert len(parts) > 20
    assert max(map(len, parts)) < 10_000


@pytest.mark.parametrize("courses", [1, 5])
def test_a_feed_takes_the_same_queries_for_one_course_and_five(rich, django_assert_num_queries, courses):
    Course.objects.exclude(pk=Course.objects.first().pk).update(state="draft")
    for _ in range(courses - 1):
        CourseRunFactory(course=CourseFactory(provider=rich), site__organisation=rich)

    with django_assert_num_queries(4):  # providers, courses, runs, requirements
        written(rich)


# Its structure

# Children in their order, by hand, from XCRI-CAP 1.2's published tables; "?" at most once, "!" exactly once.
COMMON = ["dc:description", "dc:identifier", "dc:subject", "dc:title", "dc:type", "mlo:url?"]
TEXTS = ["abstract", "mlo:assessment", "mlo:objective", "mlo:prerequisite"]
TABLE = {
    "catalog": [*COMMON, "provider"],
    "provider": [*COMMON, "course", "mlo:location"],
    "course": [*COMMON, *TEXTS, "mlo:level", "mlo:qualification", "mlo:credit", "presentation"],
    "presentation": [
        *COMMON, *TEXTS, "mlo:start!", "end?", "mlo:duration!", "applyFrom?", "applyUntil?", "applyTo?",
        "mlo:engagement",
        "studyMode?", "attendanceMode?", "attendancePattern?", "mlo:languageOfInstruction", "languageOfAssessment",
        "mlo:places?", "mlo:cost?", "age?", "venue",
    ],
    "venue": ["provider!"],
}  # fmt: skip
PREFIXES = {DC: "dc:", MLO: "mlo:", XCRI_1_2: "", OURS: "portal:"}


def short(element):
    name = etree.QName(element)
    return PREFIXES.get(name.namespace, f"{{{name.namespace}}}") + name.localname


def faults(root, table):
    """Every place where the children of an element are not the ones, or not in the order or number, of the table.

    Our own additions stand at the end of a course or presentation, where programs that do not know them pass them by.
    """
    found = []
    for element in root.iter(*(f"{{{XCRI_1_2}}}{name}" for name in table)):
        rule = [name.rstrip("?!") for name in table[short(element)]]
        children = [short(child) for child in element]
        if children and children[-1] == "portal:details":
            children.pop()
        if unknown := set(children) - set(rule):
            found.append((short(element), "unknown", sorted(unknown)))
        elif [rule.index(name) for name in children] != sorted(rule.index(name) for name in children):
            found.append((short(element), "order", children))
        for name in table[short(element)]:
            most, least = name.endswith(("?", "!")), name.endswith("!")
            times = children.count(name.rstrip("?!"))
            if (most and times > 1) or (least and not times):
                found.append((short(element), "number", name))
    return found


def schema_table():
    """The same table, out of the published schema, which does not compile for want of what it imports."""
    root = etree.parse(SCHEMAS / "xcri_cap_1_2.xsd").getroot()
    types = {node.get("name"): node for node in root.iter(f"{XSD}complexType") if node.get("name")}
    types["catalog"] = root.find(f"{XSD}element[@name='catalog']/{XSD}complexType")

    def children(node):
        extension = node.find(f".//{XSD}extension")
        base = children(types[extension.get("base")]) if extension is not None else []
        own = node.find(f".//{XSD}sequence")
        for element in own.iterchildren(f"{XSD}element"):
            name = element.get("ref") or element.get("name")
            least, most = element.get("minOccurs", "1"), element.get("maxOccurs", "1")
            base.append(name + ("" if most == "unbounded" else "!" if least == "1" else "?"))
        return base

    return {
        "catalog": children(types["catalog"]),
        **{name: children(types[f"{name}DType"]) for name in ("provider", "course", "presentation", "venue")},
    }


def test_the_structure_is_the_table_s(rich):
    assert faults(etree.fromstring(written(rich).encode()), TABLE) == []


@pytest.mark.data
@pytest.mark.skipif(not SCHEMAS.exists(), reason="the schemas of XCRI-CAP are not here")
def test_the_structure_is_the_published_schema_s(rich):
    table = schema_table()

    assert faults(etree.fromstring(written(rich).encode()), table) == []
    for name, children in TABLE.items():
        assert [child for child in table[name] if child in children] == children, name


@pytest.mark.data
@pytest.mark.skipif(not SCHEMAS.exists(), reason="the schemas of XCRI-CAP are not here")
def test_types_and_codes_are_those_of_the_vocabularies(rich):
    text = written(rich)
    terms = etree.parse(SCHEMAS / "xcri_cap_terms_1_2.xsd").getroot()
    known = {node.get("name") for node in terms.iter(f"{XSD}complexType")}
    assert set(re.findall(r'xsi:type="terms:(\w+)"', text)) <= known
    for name in ("studyMode", "attendanceMode", "attendancePattern"):
        vocabulary = (SCHEMAS / "vocabularies" / f"{name}2_1.xml").read_text(encoding="utf-8")
        assert set(re.findall(rf'<{name} identifier="(\w+)"', text)) <= set(
            re.findall(r"<termIdentifier>(\w+)<", vocabulary)
        )


def test_the_check_of_the_structure_sees_faults():
    broken = (
        f'<catalog xmlns="{XCRI_1_2}" xmlns:dc="{DC}" xmlns:mlo="{MLO}"><provider><dc:title/><dc:identifier/><course>'
        "<presentation><mlo:start/><mlo:start/></presentation><colour/></course></provider></catalog>"
    )

    assert faults(etree.fromstring(broken), TABLE) == [
        ("provider", "order", ["dc:title", "dc:identifier", "course"]),
        ("course", "unknown", ["colour"]),
        ("presentation", "number", "mlo:start!"),
        ("presentation", "number", "mlo:duration!"),
    ]


# There and back

NOT_CARRIED = {
    Course: {
        "id", "provider", "reference", "created_at", "changed_at", "upload", "checked_on",  # each portal's own
        "published_at",  # when it came into this portal
        "state",  # only what is published leaves; whether it is published elsewhere is decided there
        # What points here from other tables is theirs; requirements and runs are carried, and compared below.
    },
    CourseRun: {
        "id", "course", "reference", "created_at", "changed_at", "upload",  # each portal's own
        "places_taken", "takes_applications", "opening_set_on",  # what happens here, not what the provider said
        "state", "ended_on",  # only runs on offer leave
        "rolled_from",  # last year's run is not in the feed
    },
    Site: {
        # each portal's own; only sites of runs on offer leave
        "id", "organisation", "reference", "ended_on", "merged_into",
    },
    EntryRequirement: {"id", "course"},
}  # fmt: skip


def carried(thing):
    """Every field of its model that is not named above, so that a new field fails until somebody decides about it."""
    names = [field.name for field in type(thing)._meta.concrete_fields if field.name not in NOT_CARRIED[type(thing)]]
    values = {name: getattr(thing, name) for name in names}
    return {name: str(value) if name in ("consortium", "site") else value for name, value in values.items()}


def everything(provider):
    courses = Course.objects.filter(provider=provider).order_by("provider_reference")
    return [
        (
            carried(course),
            [carried(requirement) for requirement in course.requirements.all()],
            [
                (carried(run), carried(run.site) if run.site else None)
                for run in course.runs.order_by("provider_reference")
            ],
        )
        for course in courses
    ]


def flat(found):
    """Everything as (name, value), so that a difference says where it is."""
    things = [
        thing
        for course, requirements, runs in found
        for thing in (course, *requirements, *(part for run in runs for part in run))
    ]
    return [pair for thing in things if thing for pair in thing.items()]


def test_there_and_back_loses_nothing(rich, tmp_path):
    before = everything(rich)

    first, fresh, upload, second = moved(rich, tmp_path)

    assert second == first
    assert everything(fresh) == before
    assert {code for _row, _column, code, _severity in issues_of(upload)} == {"COURSE_RUNS_NONE", "RUN_VENUE_MISSING"}


def test_every_field_was_filled_for_the_journey(rich):
    """A field that no course of the test fills would come back empty, and nobody would see that it was lost."""
    unfilled = set()
    for model, left_out in NOT_CARRIED.items():
        for field in model._meta.concrete_fields:
            if field.name not in left_out:
                values = [getattr(thing, field.name) for thing in model.objects.all()]
                default = field.get_default()
                if all(value == default or value in (None, "", []) for value in values):
                    unfilled.add(f"{model.__name__}.{field.name}")

    assert unfilled == {"Course.website"}  # the one whose emptiness is the hard case: see the next test


def test_a_course_s_own_website_comes_back(rich, tmp_path):
    Course.objects.filter(provider_reference="PLAIN").update(website="https://northfield.example/plain")

    _first, fresh, _upload, _second = moved(rich, tmp_path)

    assert Course.objects.get(provider=fresh, provider_reference="PLAIN").website == "https://northfield.example/plain"


def test_the_same_feed_a_second_time_changes_nothing(rich, tmp_path):
    first, fresh, _upload, _second = moved(rich, tmp_path)

    again = take_in(fresh, tmp_path, first)

    assert again.counts["unchanged"] == 4
    assert (again.counts["added"], again.counts["changed"], again.counts["ended"]) == (0, 0, 0)


def test_a_changed_requirement_is_a_changed_course(rich, tmp_path):
    first, fresh, _upload, _second = moved(rich, tmp_path)

    again = take_in(fresh, tmp_path, first.replace('how_many="5"', 'how_many="4"'))

    assert again.counts["changed"] == 1
    course = Course.objects.get(provider=fresh, provider_reference__startswith="https")
    assert [requirement.how_many for requirement in course.requirements.all()] == [4, 1]


def test_a_plain_feed_leaves_what_it_has_no_words_for(rich, tmp_path):
    first, fresh, _upload, _second = moved(rich, tmp_path)
    before = everything(fresh)

    take_in(fresh, tmp_path, re.sub(r"<portal:details[^>]*(?:/>|>.*?</portal:details>)", "", first, flags=re.DOTALL))

    course, (before_course, requirements, runs) = everything(fresh)[1], before[1]
    assert course[0]["title"] == before_course["title"]
    for name in ("kind", "stage", "consortium"):
        assert course[0][name] == before_course[name]
    assert course[1] == requirements
    assert [run["option_block"] for run, _site in course[2]] == [run["option_block"] for run, _site in runs]
    assert [run["extra_cost_pence"] for run, _site in course[2]] == [None, 4550]


def test_a_requirement_that_cannot_be_used_is_said_and_left_out(rich, tmp_path):
    first = written(rich).replace('qualification_type="gcse" level="2"', 'qualification_type="nonsense"')
    rich.ukprn = None
    rich.save()
    fresh = ProviderFactory(name="Fresh College", ukprn="10099001")

    upload = take_in(fresh, tmp_path, first)

    assert "COURSE_REQUIREMENT_NOT_USED" in {code for _row, _column, code, _severity in issues_of(upload)}
    assert [one.subject_words for one in EntryRequirement.objects.filter(course__provider=fresh)] == ["maths"]


@pytest.mark.parametrize(
    ("written_as", "stands_for"),
    [
        ('kind="re_engagement"', 'kind="spaceship"'),
        ('stage="key_stage_4"', 'stage="later"'),
        ('levels="E 2"', 'levels="99 x E 2"'),
        ('extra_cost_pence="4550"', 'extra_cost_pence="-1"'),
        ('subject="05.2"', 'subject="77"'),
    ],
)
def test_nonsense_in_our_own_additions_breaks_nothing(rich, tmp_path, written_as, stands_for):
    first = written(rich)
    assert written_as in first
    rich.ukprn = None
    rich.save()
    fresh = ProviderFactory(name="Fresh College", ukprn="10099001")

    upload = take_in(fresh, tmp_path, first.replace(written_as, stands_for))

    assert upload.state == "published"
    assert Course.objects.filter(provider=fresh).count() == 2


@pytest.mark.parametrize(
    ("family", "kind"),
    [("apprenticeship", "apprenticeship"), ("training", "re_engagement"), ("general", "course"), ("", "course")],
)
def test_a_plain_feed_s_kind_is_told_by_the_family_of_its_qualification(family, kind):
    assert kind_of(family) == kind


def test_every_family_that_tells_a_kind_is_one_of_the_reference_table(reference):
    from prospectus.imports.words import KINDS

    assert set(KINDS) <= set(QualificationType.objects.values_list("family", flat=True))


# Any course at all

LINES = st.text(max_size=60).map(checks.check_text)
NAMES = st.text(min_size=1, max_size=60).map(checks.check_text).filter(bool)
MARKED = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(
            ["<p>", "</p>", "<b>", "</b>", "<br>", "<ul><li>", "</li></ul>", "<h2>", "</h2>", "&amp;", "\n\n",
             "&lt;p&gt;",
             '<a href="https://x.example/?a&b">', "</a>", "<div>", "</div>", "]]>", "<!-- x -->", "&nbsp;", "é", "🎓"]
        ),
    ),
    max_size=8,
).map("".join)  # fmt: skip
HTML = MARKED.map(checks.check_html)
DATES = st.none() | st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31))
PENCE = st.none() | st.integers(0, checks.MOST_PENCE)
URLS = st.sampled_from(["", "https://x.example/a?b=1&c=2", "http://y.example"])
COURSES = st.fixed_dictionaries(
    {
        "title": NAMES, "kind": st.sampled_from(ProvisionKind.values), "stage": st.sampled_from(Stage.values),
        "summary": LINES, "what_you_do": HTML, "who_it_is_for": HTML, "entry_requirements": HTML, "how_assessed": HTML,
        "leads_to": HTML, "costs_and_help": HTML,
        "other_texts": st.lists(st.tuples(NAMES | st.just("Rules"), HTML.filter(bool)).map(list), max_size=3),
        "qualification_title": LINES, "awarding_organisation": LINES,
        "levels": st.lists(st.sampled_from("E123"), unique=True).map(lambda found: sorted(found, key="E123".index)),
        "level_text": LINES, "subject_words": st.lists(NAMES, max_size=3, unique=True), "search_words": LINES,
        "website": URLS, "subject_id": st.sampled_from([None, "05.2", "03"]),
        "qualification_type_id": st.sampled_from([None, "gcse", "nvq"]),
    }
)  # fmt: skip
RUNS = st.fixed_dictionaries(
    {
        "starts_on": DATES, "start_text": LINES, "is_flexible_start": st.booleans(), "duration_text": LINES,
        "study_mode": st.sampled_from(StudyMode.values), "delivery": st.sampled_from(Delivery.values),
        "pattern": st.sampled_from(Pattern.values), "mode_text": LINES, "cost_pence": PENCE, "cost_text": LINES,
        "extra_cost_pence": PENCE, "option_block": LINES.map(lambda text: checks.check_text(text[:20])),
        "places": st.none() | st.integers(0, 5000), "apply_from_on": DATES, "apply_until_on": DATES, "apply_url": URLS,
    }
)  # fmt: skip


@ground
def many_texts(reference):
    Subject.objects.get(code="05.2")
    return AreaFactory()


@pytest.mark.slow
@settings(
    max_examples=15, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
@given(courses=st.lists(st.tuples(COURSES, st.lists(RUNS, max_size=2)), min_size=1, max_size=3))
def test_any_course_comes_back_as_it_was(many_texts, tmp_path, courses):
    with transaction.atomic():
        provider = ProviderFactory(name="Northfield College", ukprn="10099001", area=many_texts)
        for number, (course_values, runs) in enumerate(courses):
            course = CourseFactory(provider=provider, provider_reference=f"C{number}", **course_values)
            for at, values in enumerate(runs):
                CourseRunFactory(course=course, provider_reference=f"R{at}", site=None, **values)
        before = everything(provider)

        first, fresh, _upload, second = moved(provider, tmp_path)

        assert [pair for pair in zip(flat(before), flat(everything(fresh)), strict=True) if pair[0] != pair[1]] == []
        assert second == first
        transaction.set_rollback(True)
