"""Every column a spreadsheet of courses can have: our word for it, what others call it, how its cells are written.

One table for everybody who reads or writes one: the reader, the pro-forma, and the pages that correct cells.
"""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from providers.tables.kinds import squeezed

COURSE, RUN, SITE, PROVIDER = "course", "run", "site", "provider"
LINE, TEXT, DATE, NUMBER, MONEY, YES_NO, CHOICE = "line", "text", "date", "number", "money", "yes-no", "choice"
REQUIRED_MARK = "*"


@dataclass(frozen=True, kw_only=True)
class Heading:
    """One column.

    ``of`` and ``name`` say what it fills: a course and a run as in ``COURSE_COLUMNS`` and ``RUN_COLUMNS``, a site as in
    ``records.Venue``; a name that is in none of these is composed with others by the reader, and is not in our own
    pro-forma. ``holds`` is how a cell is written: LINE (one line), TEXT (paragraphs, or HTML), DATE, NUMBER, MONEY
    (pounds), YES_NO, or CHOICE, a word of the table named by ``choices``; ``is_several``: with commas between.
    Aliases are in order: where a file has two of them, the one named first is used.
    """

    of: str
    name: str
    words: str
    hint: str
    holds: str = LINE
    choices: str = ""
    is_several: bool = False
    is_required: bool = False
    is_ours: bool = True
    most: int = 0  # characters, where there is a limit
    aliases: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """No other heading has it."""
        return f"{self.of}.{self.name}"

    @property
    def shown(self) -> str:
        """The heading with its mark when it must be filled in."""
        return f"{self.words} {REQUIRED_MARK}" if self.is_required else self.words


HEADINGS = (
    # The course
    Heading(of=COURSE, name="provider_reference", words="Course code", most=255,
            hint="Your own code for the course. Keep it from year to year: it is how the course is found again.",
            aliases=("YOUR_REFERENCE", "PROVIDER_COURSE_ID", "PROVIDER_COURSE_CODE", "Course reference", "Course ref",
                     "Your course code",
                     "Programme code", "Our reference", "COURSE_ID", "Course number", "Course no", "Code", "Reference",
                     "Ref", "Internal ID")),
    Heading(of=COURSE, name="title", words="Course title", is_required=True, most=255,
            hint="What learners will see. The same on every row of a course.",
            aliases=("COURSE_NAME", "PROVIDER_COURSE_TITLE", "Title", "Name of course", "Course", "Programme title",
                     "Programme", "Name", "Course title and level")),
    Heading(of=COURSE, name="kind", words="What sort of thing", holds=CHOICE, choices="kinds",
            hint="A course, an apprenticeship, a way back into learning, a taster or an activity. Empty: a course.",
            aliases=("Kind", "Kind of provision", "Provision type")),
    Heading(of=COURSE, name="stage", words="Who it is for in school", holds=CHOICE, choices="stages",
            hint="After Year 11, or in Years 10 and 11. Empty: after Year 11.",
            aliases=("Stage", "Key stage", "Year group")),
    Heading(of=COURSE, name="consortium", words="Taught with", most=160,
            hint="The name of the group of providers that teaches it together, where there is one.",
            aliases=("Consortium", "Partnership")),
    Heading(of=COURSE, name="parts", words="Parts and who teaches them", holds=TEXT,
            hint="Of a course taught together, a line for each part: what | who teaches it | at which site | when.",
            aliases=("Parts", "Course parts")),
    Heading(of=COURSE, name="summary", words="Summary",
            hint="One or two plain sentences.",
            aliases=("Short description", "Abstract", "COURSE_SUMMARY", "In brief")),
    Heading(of=COURSE, name="what_you_do", words="What you will do", holds=TEXT,
            hint="What a learner does and studies. Leave an empty line between paragraphs.",
            aliases=("WHAT_YOU_WILL_LEARN", "What you will study", "Description", "Course description", "Content",
                     "Course content", "Full description", "Details", "Overview")),
    Heading(of=COURSE, name="how_you_learn", words="How you will learn", holds=TEXT, is_ours=False,
            hint="How it is taught.", aliases=("Teaching methods", "Teaching and learning")),
    Heading(of=COURSE, name="who_it_is_for", words="Who it is for", holds=TEXT,
            hint="Who will enjoy it, and what they are like.",
            aliases=("WHO_THIS_COURSE_IS_FOR", "Who is this course for", "Target audience")),
    Heading(of=COURSE, name="entry_requirements", words="Entry requirements", holds=TEXT,
            hint="What somebody needs before they start, in words.",
            aliases=("Requirements", "Entry criteria", "What you need", "Prerequisites", "Entry qualifications")),
    Heading(of=COURSE, name="how_assessed", words="How it is assessed", holds=TEXT,
            hint="Examinations, course work, a portfolio.",
            aliases=("HOW_YOU_WILL_BE_ASSESSED", "ASSESSMENT_METHOD", "Assessment", "Assessment methods")),
    Heading(of=COURSE, name="leads_to", words="What it leads to", holds=TEXT,
            hint="Further courses and jobs.",
            aliases=("WHERE_NEXT", "Progression", "What next", "Next steps", "Career opportunities", "Careers")),
    Heading(of=COURSE, name="costs_and_help", words="Costs and help", holds=TEXT,
            hint="Materials, trips and kit, and who helps to pay for them.",
            aliases=("Funding", "Financial help", "Help with costs", "Fees and funding")),
    Heading(of=COURSE, name="what_to_bring", words="What you will need to bring", holds=TEXT, is_ours=False,
            hint="Clothes, tools and books.",
            aliases=("EQUIPMENT_REQUIRED", "Equipment", "What to bring")),
    Heading(of=COURSE, name="other_texts", words="Other texts", holds=TEXT,
            hint="Anything else. A line that begins with ## is the heading of what stands under it.",
            aliases=("More about the course", "Further information", "Additional information", "Other information")),
    Heading(of=COURSE, name="qualification_title", words="Qualification", most=255,
            hint="The full name of the qualification, as the awarding organisation writes it.",
            aliases=("QUALIFICATION_TITLE", "Qualification name", "Award title", "Award")),
    Heading(of=COURSE, name="qualification_type", words="Kind of qualification", holds=CHOICE,
            choices="qualification_types", hint="Choose from the list.",
            aliases=("QUALIFICATION_TYPE", "Type of qualification", "COURSE_TYPE", "Award type")),
    Heading(of=COURSE, name="awarding_organisation", words="Awarding organisation", most=160,
            hint="Who awards it.",
            aliases=("AWARDING_BODY", "AWARDING_ORG_NAME", "Awarding organisation name", "Exam board", "Awarded by")),
    Heading(of=COURSE, name="levels", words="Level", holds=CHOICE, choices="levels", is_several=True,
            hint="Entry, or 1 to 8; several with commas between.",
            aliases=("QUALIFICATION_LEVEL", "EDUCATION_LEVEL", "Levels", "Course level", "NVQ level",
                     "Level of study")),
    Heading(of=COURSE, name="level_text", words="Level in your words", most=120,
            hint="As you would say it, where a number does not say it all.", aliases=("Level words",)),
    Heading(of=COURSE, name="subject", words="Subject", holds=CHOICE, choices="subjects",
            hint="The sector subject area. Choose from the list.",
            aliases=("Subject area", "Sector subject area", "SSA", "SECTOR", "Subject code", "Curriculum area")),
    Heading(of=COURSE, name="subject_words", words="Subject in your words", is_several=True,
            hint="Your own names for the subject; several with a semicolon between.", aliases=("Subject words",)),
    Heading(of=COURSE, name="search_words", words="Words to be found by",
            hint="Words that people would look for and that stand nowhere else: careers, short names.",
            aliases=("Keywords", "Key words", "Search terms", "Tags")),
    Heading(of=COURSE, name="website", words="Web page of the course", most=500,
            hint="Like https://www.example.org/course.",
            aliases=("COURSE_WEBPAGE", "Course URL", "URL", "Web page", "Webpage", "Web address", "Course website",
                     "Web link", "Link")),
    # The course run
    Heading(of=RUN, name="provider_reference", words="Date code", most=255,
            hint="Your own code for this start of the course, where you have one.",
            aliases=("PROVIDER_OPPORTUNITY_ID", "OPPORTUNITY_ID", "PROVIDER_RUN_CODE", "Run code", "Run reference",
                     "Course run code",
                     "Instance code", "Instance", "Occurrence", "Offering code")),
    Heading(of=RUN, name="starts_on", words="Starts on", holds=DATE,
            hint="The first day, like 7/9/2026. Empty when it is not known yet.",
            aliases=("START_DATE", "Start", "Starts", "Course start date", "Date of start", "Begins", "Starting")),
    Heading(of=RUN, name="start_text", words="Start in your words", most=500,
            hint="Where no date says it, like “Every first Monday”.",
            aliases=("START_DATE_DESCRIPTION", "START_WORDS", "Start date words", "Start information")),
    Heading(of=RUN, name="is_flexible_start", words="Can be started any time", holds=YES_NO,
            hint="Yes, where one can start on any day.",
            aliases=("FLEXIBLE_START_DATE", "Flexible start", "Roll on roll off", "Starts any day")),
    Heading(of=RUN, name="ends_on", words="Ends on", holds=DATE, hint="The last day, like 25/6/2027.",
            aliases=("END_DATE", "End", "Ends", "Finish date", "Finishes", "Course end date")),
    Heading(of=RUN, name="duration_text", words="How long", most=255,
            hint="In your words, like “2 years”.",
            aliases=("DURATION_DESCRIPTION", "Length", "Course length", "Length of course")),
    Heading(of=RUN, name="duration", words="Duration", is_ours=False, hint="A number, with its unit beside it.",
            aliases=("DURATION", "DURATION_VALUE")),
    Heading(of=RUN, name="duration_unit", words="Duration unit", is_ours=False,
            hint="Hours, days, weeks, months, years.",
            aliases=("DURATION_UNIT", "DURATION_UNITS")),
    Heading(of=RUN, name="study_mode", words="Full or part time", holds=CHOICE, choices="study_modes",
            hint="Choose from the list.",
            aliases=("STUDY_MODE", "Mode of study", "Mode", "Mode of attendance", "FT/PT", "Full time/part time")),
    Heading(of=RUN, name="delivery", words="Where it is taught", holds=CHOICE, choices="deliveries",
            hint="In a classroom, at work, online. Choose from the list.",
            aliases=("DELIVERY_MODE", "ATTENDANCE_MODE", "Delivery", "How it is delivered", "Delivery method")),
    Heading(of=RUN, name="pattern", words="When in the week", holds=CHOICE, choices="patterns",
            hint="Daytime, evening, weekend. Choose from the list.",
            aliases=("ATTENDANCE_PATTERN", "Pattern", "Day or evening", "Pattern of attendance")),
    Heading(of=RUN, name="mode_text", words="How it is studied, in your words", most=255,
            hint="Days and hours, as you would say them.", aliases=("TIMETABLE", "Times", "Days and times")),
    Heading(of=RUN, name="cost_pence", words="Cost", holds=MONEY,
            hint="Pounds, for a learner who pays. 0 or “free” where it costs nothing.",
            aliases=("PRICE", "Cost in pounds", "COST_POUNDS", "Fee", "Fees", "Course fee", "Tuition fee",
                     "Course cost")),
    Heading(of=RUN, name="cost_text", words="Cost in your words", hint="Where one amount does not say it.",
            aliases=("COST_DESCRIPTION", "PRICE_DESCRIPTION", "COST_WORDS", "Fee information", "Cost information")),
    Heading(of=RUN, name="extra_cost_pence", words="Further costs", holds=MONEY,
            hint="Pounds, for kit, books and trips together.",
            aliases=("Extra costs", "EXTRA_COST_POUNDS", "Additional costs", "Materials cost", "Material fee")),
    Heading(of=RUN, name="option_block", words="Option block", most=20,
            hint="Two dates in the same block cannot be taken together.", aliases=("Block", "Column", "Option")),
    Heading(of=RUN, name="places", words="Places", holds=NUMBER, hint="How many there are in all.",
            aliases=("PLACES_AVAILABLE", "Number of places", "Capacity", "Max places")),
    Heading(of=RUN, name="apply_from_on", words="Apply from", holds=DATE, hint="The first day to apply.",
            aliases=("APPLY_FROM", "Applications open")),
    Heading(of=RUN, name="apply_until_on", words="Apply until", holds=DATE, hint="The last day to apply.",
            aliases=("APPLY_UNTIL", "Apply by", "Closing date", "Applications close", "Application deadline")),
    Heading(of=RUN, name="apply_url", words="Where to apply", most=500,
            hint="A web address, where one does not apply here.",
            aliases=("APPLY_TO", "BOOKING_URL", "Apply link", "Application link", "Apply URL")),
    # Whose row it is, in a file of several providers
    Heading(of=PROVIDER, name="ukprn", words="Provider UKPRN", is_ours=False, hint="Eight figures.",
            aliases=("UKPRN", "PROVIDER_UKPRN")),
    # The site
    Heading(of=SITE, name="reference", words="Site code", most=120,
            hint="Your own code for the place, if you have one.",
            aliases=("YOUR_VENUE_REFERENCE", "PROVIDER_VENUE_ID", "VENUE_ID", "Venue reference", "Venue code",
                     "Site reference", "Campus code")),
    Heading(of=SITE, name="name", words="Site", choices="sites", most=250,
            hint="The name of the place where it is taught. Empty: your own address.",
            aliases=("VENUE_NAME", "Venue", "Site name", "Campus", "Location", "Place", "Centre",
                     "VENUE_ID/REGION_NAME", "Where")),
    Heading(of=SITE, name="address", words="Site address", most=300, hint="House and street.",
            aliases=("ADDRESS_LINE_1", "ADDRESS_1", "Address", "Street", "Venue address")),
    Heading(of=SITE, name="address_2", words="Address line 2", is_ours=False, hint="The rest of the address.",
            aliases=("ADDRESS_LINE_2", "ADDRESS_2")),
    Heading(of=SITE, name="town", words="Site town", most=75, hint="The town.",
            aliases=("TOWN_OR_CITY", "TOWN", "City", "Venue town")),
    Heading(of=SITE, name="county", words="County", is_ours=False, hint="The county.", aliases=("COUNTY",)),
    Heading(of=SITE, name="latitude", words="Latitude", is_ours=False, hint="North.", aliases=("SITE_LATITUDE",)),
    Heading(of=SITE, name="longitude", words="Longitude", is_ours=False, hint="East.", aliases=("SITE_LONGITUDE",)),
    Heading(of=SITE, name="postcode", words="Site postcode", most=8, hint="It puts the place on the map.",
            aliases=("POSTCODE", "Post code", "Venue postcode", "Postal code")),
)  # fmt: skip

BY_KEY = {heading.key: heading for heading in HEADINGS}
OURS = tuple(
    heading for heading in HEADINGS if heading.is_ours
)  # Columns that some files have, that say nothing to learners, and that nobody need be told about.
PASSED_BY = frozenset({"errors", "whattomend", "row", "rowno", "rownumber"})
# Names that lists of anything have: they alone do not make a list of courses out of one of learners or schools.
EVERYWHERE = frozenset(
    (
        "name", "title", "code", "reference", "ref", "url", "link", "website", "webpage", "webaddress", "start",
        "starts", "startdate", "end", "ends", "enddate", "address", "address1", "address2", "addressline1",
        "addressline2", "street", "town", "city", "townorcity", "county", "postcode", "postalcode", "place", "location",
        "where", "centre", "ukprn", "latitude", "longitude", "description", "details", "overview", "stage", "keystage",
        "yeargroup", "kind", "mode", "block", "column", "option", "level", "levels", "award", "duration", "length",
        "pattern",
    )
)  # fmt: skip
STARTS = frozenset(("start", "starts", "startdate", "startson"))


class Meant(NamedTuple):
    """Which column a heading means, and how sure that is: the lower, the surer."""

    heading: Heading
    rank: int


@cache
def names() -> dict[str, Meant]:
    """Every name a column goes by, squeezed. Our own words are the surest, then the aliases in their order."""
    found: dict[str, Meant] = {}
    for heading in HEADINGS:
        for rank, name in enumerate((heading.words, *heading.aliases)):
            found.setdefault(squeezed(name), Meant(heading, rank))
    return found


def are_of_courses(found: frozenset[str]) -> bool:
    """Whether headings, squeezed and all known, are those of courses or sites, and not of just any list."""
    return bool(found - EVERYWHERE or ("title" in found and found & STARTS))
