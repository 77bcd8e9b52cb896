"""The ways a subject is taught in the invented town, and how providers describe them."""

from typing import NamedTuple

GCSES_FOR_3 = "Five GCSEs at grade 4 or above, with English and maths."
EMPLOYER = "An employer who takes you on. We help you to find one."


class Kind(NamedTuple):
    """One way a subject is taught, and how such a course is called in each manner of writing."""

    code: str
    type: str  # code of QualificationType, "" where there is none
    levels: str  # codes of Level, "" where there is none
    weeks: int
    mode: str  # XCRI study mode code
    plain: str  # what people say
    formal: str  # what a certificate says
    short: str  # what a timetable says
    chatty: str  # what a poster says
    needs: str
    assessed: str
    next: str
    provision: str = "course"  # ProvisionKind
    stage: str = "post_16"  # Stage

    @property
    def level(self) -> str:
        """The level of a course that has one."""
        return self.levels[:1]


_ALL = [
    Kind(
        "a_level", "a_level", "3", 76, "FT",
        "A level {name}", "GCE Advanced Level in {name}", "A2 {short}", "A level {name}: think bigger",
        "Five GCSEs at grade 4 or above, with English and maths. A 5 in {name} or the nearest subject helps.",
        "Exams at the end of the second year. Some subjects have coursework.",
        "University, a degree apprenticeship or work. Jobs this can lead to: {jobs}.",
    ),
    Kind(
        "as_level", "as_level", "3", 36, "FT",
        "AS level {name}", "GCE Advanced Subsidiary in {name}", "AS/A2 {short}", "Try {name} at AS level",
        "Five GCSEs at grade 4 or above.", "Exams in May and June.",
        "The full A level, or three others beside it. Jobs this can lead to: {jobs}.",
    ),
    Kind(
        "gcse", "gcse", "2", 36, "PT",
        "GCSE {name} (one year)", "GCSE (9-1) in {name}", "GCSE {short} resit", "{name} GCSE: second chance",
        "For people of 16 and over who want a better grade.", "Exams in May and June.",
        "Level 3 courses that ask for this GCSE.",
    ),
    Kind(
        "epq", "epq", "3", 36, "FT",
        "Extended Project in {name}", "Level 3 Extended Project Qualification ({name})", "EPQ ({short})",
        "Your own project about {name}",
        GCSES_FOR_3, "A report of five thousand words, or something you make, and a talk.",
        "It shows universities and employers that you can work alone.",
    ),
    Kind(
        "btec_3", "btec_l3", "3", 76, "FT",
        "BTEC Level 3 National Diploma in {name}", "Pearson BTEC Level 3 National Extended Diploma in {name} (RQF)",
        "BTEC L3 Ext Dip {short}", "{name} Level 3: go pro",
        "Four GCSEs at grade 4 or above, or a good Level 2 pass in a related subject.",
        "Assignments, practical work and some exams.",
        "University, an advanced apprenticeship or work. Jobs this can lead to: {jobs}.",
    ),
    Kind(
        "btec_3c", "btec_l3", "3", 76, "FT",
        "BTEC Level 3 Certificate in {name}", "Pearson BTEC Level 3 National Certificate in {name}",
        "BTEC Nat Cert {short}", "{name} beside your A levels",
        "Five GCSEs at grade 4 or above. It counts as one A level.",
        "Assignments and one exam.", "University or work. Jobs this can lead to: {jobs}.",
    ),
    Kind(
        "btec_2", "btec_l2", "2", 36, "FT",
        "BTEC Level 2 Diploma in {name}", "Pearson BTEC Level 2 First Extended Certificate in {name}",
        "BTEC L2 {short}", "{name} Level 2: get serious",
        "Three GCSEs at grade 3 or above, or a Level 1 course.",
        "Assignments and practical work, and one test.", "Level 3 in {name}, an apprenticeship or work.",
    ),
    Kind(
        "btec_1", "btec_l1", "1", 36, "FT",
        "BTEC Level 1 in {name}", "Pearson BTEC Level 1 Introductory Certificate in {name}",
        "BTEC Intro {short} L1", "Step into {name}",
        "No grades needed. Come and talk to us.",
        "By what you make and do. There are no long exams.", "Level 2 in {name} or another subject.",
    ),
    Kind(
        "t_level", "t_level", "3", 76, "FT",
        "T Level in {name}", "T Level Technical Qualification in {name}", "T-Lvl {short}", "{name} T Level: learn it at work",
        GCSES_FOR_3, "Exams, a project, and 45 days with an employer.",
        "Skilled work, a higher apprenticeship or university. Jobs this can lead to: {jobs}.",
    ),
    Kind(
        "diploma_3", "vrq", "3", 40, "FT",
        "{name} Level 3 Diploma", "Level 3 Diploma in {name} (QCF)", "Dip {short} L3", "{name} Level 3: the finishing year",
        "A Level 2 pass in {name}, or some years of doing the job.",
        "Tasks watched by your tutor and a portfolio.", "Work or a higher course. Jobs this can lead to: {jobs}.",
    ),
    Kind(
        "diploma_2", "vrq", "2", 36, "FT",
        "{name} Level 2 Diploma", "Level 2 Diploma in {name} (QCF)", "Dip {short} L2", "{name}: the real thing",
        "Two GCSEs at grade 3 or above, or a Level 1 course.",
        "Mostly by what you make and do, with a few short tests.", "Level 3, an apprenticeship or work.",
    ),
    Kind(
        "diploma_1", "vrq", "1", 36, "FT",
        "Introduction to {name} Level 1", "Level 1 Certificate in {name} (QCF)", "Intro to {short}", "Get going in {name}",
        "No grades needed. Come and talk to us.",
        "By what you make and do. There are no long exams.", "Level 2 in {name} or another subject.",
    ),
    Kind(
        "guilds_3", "city_guilds", "3", 38, "FT",
        "City & Guilds Level 3 {name}", "City & Guilds Level 3 Advanced Technical Diploma in {name}",
        "C&G {number} L3 {short}", "{name}, top level",
        "City & Guilds Level 2 in the same trade.", "Practical tasks, a synoptic project and two tests.",
        "Skilled work or your own business. Jobs this can lead to: {jobs}.",
    ),
    Kind(
        "guilds_2", "city_guilds", "2", 36, "FT",
        "City & Guilds Level 2 {name}", "City & Guilds Level 2 Technical Certificate in {name}",
        "C&G {number} Level 2 {short}", "{name}, next level",
        "Level 1 in the trade, or GCSEs at grade 3 with maths.", "Practical tasks and a test on a computer.",
        "Level 3, an apprenticeship or work. Jobs this can lead to: {jobs}.",
    ),
    Kind(
        "guilds_1", "city_guilds", "1", 30, "PT",
        "City & Guilds Level 1 {name}", "City & Guilds Level 1 Certificate in {name} Skills",
        "C&G {number} Level 1 {short}", "First tools: {name}",
        "Nothing but strong shoes.", "Six practical jobs.", "Level 2 in the same trade or a different one.",
    ),
    Kind(
        "nvq_3", "nvq", "3", 60, "PT",
        "NVQ Level 3 {name}", "Level 3 NVQ Diploma in {name}", "NVQ3 {short}", "Be the expert: {name}",
        "You do the job already, and you lead or train others.", "An assessor visits you at work.",
        "Promotion, or a higher course.",
    ),
    Kind(
        "nvq_2", "nvq", "2", 44, "PT",
        "NVQ Level 2 {name}", "Level 2 NVQ Diploma in {name}", "NVQ2 {short}", "Prove it at work: {name}",
        "You do the job already, paid or not.", "An assessor visits you at work.", "NVQ Level 3. Jobs: {jobs}.",
    ),
    Kind(
        "apprenticeship_2", "apprenticeship_intermediate", "2", 60, "PT",
        "{name} intermediate apprenticeship", "Level 2 Intermediate Apprenticeship in {name}", "App L2 {short}",
        "Earn while you learn: {name}",
        EMPLOYER, "By watching you work, and a test at the end.",
        "An advanced apprenticeship, or staying on in the job.", "apprenticeship",
    ),
    Kind(
        "apprenticeship_3", "apprenticeship_advanced", "3", 90, "PT",
        "{name} advanced apprenticeship", "Level 3 Advanced Apprenticeship in {name}", "Adv App {short}",
        "Job, wage, qualification: {name} Level 3",
        "An employer who takes you on, and usually five GCSEs at grade 4 or above.",
        "By watching you work, and a test at the end.",
        "Skilled work or a higher apprenticeship. Jobs this can lead to: {jobs}.", "apprenticeship",
    ),
    Kind(
        "traineeship", "traineeship", "1", 20, "PT",
        "{name} traineeship", "Traineeship: {name}", "Trnshp {short}", "Get job ready: {name}",
        "16 to 24, not working and ready to try.", "A reference and an exit interview.",
        "An apprenticeship or a job with the firm you worked at.",
    ),
    Kind(
        "internship", "supported_internship", "E", 38, "PT",
        "{name} supported internship", "Supported Internship ({name})", "Supp Int {short}",
        "Your place at work: {name}",
        "You are 16 to 24 and have an education, health and care plan.",
        "By what you can do at work, with a job coach beside you.", "A paid job with help for as long as you need it.",
    ),
    Kind(
        "entry", "entry_level_certificate", "E", 36, "PT",
        "{name}", "Entry Level Certificate in {name} (Entry 3)", "E3 {short}", "{name} for everyone",
        "Nothing but wanting to come.", "By what you do each week, at your own pace.",
        "Level 1, a supported internship or work.",
    ),
    Kind(
        "foundation", "foundation_learning", "E1", 38, "FT",
        "Foundation Learning: {name}", "Foundation Learning Programme - {name}", "FL {short} E/L1",
        "Not sure yet? {name}",
        "No grades. An interview and a look round.", "Small units, one at a time.",
        "Level 1 or Level 2, an apprenticeship or work.",
    ),
    Kind(
        "functional_e", "functional_skills", "E", 30, "PT",
        "{name} Entry level", "Functional Skills Qualification in {name} at Entry 1, 2 and 3", "FS {short} E1-E3",
        "{name}, from the start",
        "We find out where you are in the first week.", "Short tasks when you are ready.", "{name} Level 1.",
    ),
    Kind(
        "functional_1", "functional_skills", "1", 30, "PT",
        "{name} Level 1", "Functional Skills Qualification in {name} at Level 1", "FS {short} L1", "{name}: keep going",
        "Entry 3 or a GCSE at grade 1.", "A test on paper or on a computer.", "{name} Level 2.",
    ),
    Kind(
        "functional_2", "functional_skills", "2", 30, "PT",
        "{name} Level 2", "Functional Skills Qualification in {name} at Level 2", "FS {short} L2", "{name}: finish it",
        "Level 1 or a GCSE at grade 3.", "A test on paper or on a computer.", "GCSE, or a job that asks for Level 2.",
    ),
    Kind(
        "esol_e1", "esol", "E", 36, "PT",
        "{name} beginners", "Entry Level Certificate in ESOL Skills for Life (Entry 1)", "ESOL E1", "Your first English",
        "You speak little or no English.", "Speaking first. Small tests in June.", "Entry 2 and Entry 3.",
    ),
    Kind(
        "esol_e3", "esol", "E", 36, "PT",
        "{name} Entry 3", "Entry Level Certificate in ESOL Skills for Life (Entry 3)", "ESOL E2/E3", "English for every day",
        "You can talk about yourself in English.", "Speaking, reading and writing tests in June.", "ESOL Level 1.",
    ),
    Kind(
        "esol_12", "esol", "12", 36, "PT",
        "{name} Levels 1 and 2", "Level 1/2 Certificate in ESOL Skills for Life", "ESOL L1/L2", "English for college and work",
        "Entry 3, or an assessment with us.", "Tests in June.", "GCSE English, college or work.",
    ),
    Kind(
        "language_1", "college_certificate", "", 20, "EV",
        "{name} for beginners", "Certificate in Practical {name} - Beginners", "{short} Beg", "Say hello in {name}",
        "No {name} at all.", "No exam.", "{name} improvers.",
    ),
    Kind(
        "language_2", "college_certificate", "", 20, "EV",
        "{name} improvers", "Certificate in Practical {name} - Improvers", "{short} Imp", "More {name}",
        "A year of {name}.", "No exam.", "GCSE or A level {name}.",
    ),
    Kind(
        "short", "attendance_certificate", "", 6, "EV",
        "{name} short course", "Certificate of Attendance: {name}", "{short} s/c 6wks", "Six weeks of {name}",
        "Nothing.", "No exam: a certificate that you came.", "A longer course if you liked it.",
    ),
    Kind(
        "taster", "none", "", 0, "PT",
        "{name} taster day", "Taster Session: {name}", "{short} TASTER", "Have a go at {name}",
        "Year 11 and anybody who is thinking about it.", "", "A place on the full course if you like it.", "taster",
    ),
    Kind(
        "open_day", "none", "", 0, "PT",
        "{name} for Year 11", "{name} (prospective learners)", "{short} Y11", "Come and see us: {name}",
        "Anybody may come, with family and friends.", "", "Knowing whether it is for you.", "taster",
    ),
    Kind(
        "youth_award", "dofe", "", 26, "PT",
        "{name}", "{name} (Youth Offer)", "{short}", "{name}: sign up",
        "You are 14 or over.", "", "A badge that employers know.", "activity",
    ),
    Kind(
        "activity", "none", "", 30, "PT",
        "{name} club", "Positive Activity: {name}", "{short} Club", "{name} at the youth club",
        "You are 13 to 19. Bring a friend.", "", "A volunteer's badge, or helping to run it.", "activity",
    ),
    Kind(
        "re_engagement", "asdan", "E1", 12, "FL",
        "{name}", "Re-engagement Programme: {name}", "{short} (NEET 16-18)", "{name}: your pace, your way",
        "You are 16 to 18 and not in school, college or work. No grades needed.",
        "A small certificate every few weeks.", "College, an apprenticeship, or a job.", "re_engagement",
    ),
    Kind(
        "ks4", "vrq", "12", 72, "PT",
        "{name} (Years 10 and 11)", "Key Stage 4 Level 1/2 Award in {name}", "KS4 {short} 1 day/wk",
        "{name} for 14 to 16s",
        "Your school agrees, and you come one day a week.", "Practical tasks and one test.",
        "Level 2 in {name} after Year 11.", "course", "key_stage_4",
    ),
]  # fmt: skip
KINDS = {kind.code: kind for kind in _ALL}

# The subjects that have a T Level, and its name.
T_LEVELS = {
    "Bricklaying": "Onsite Construction",
    "Architecture and Built Environment": "Design, Surveying and Planning for Construction",
    "Electrical Installation": "Building Services Engineering for Construction",
    "Digital Production, Design and Development": "Digital Production, Design and Development",
    "Information Technology": "Digital Business Services",
    "Networks and Hardware": "Digital Support Services",
    "Childcare and Early Years": "Education and Early Years",
    "Health and Social Care": "Health",
    "Medical Science": "Healthcare Science",
    "Applied Science": "Science",
    "Engineering": "Design and Development for Engineering and Manufacturing",
    "Mechanical Engineering": "Maintenance, Installation and Repair for Engineering and Manufacturing",
    "Business": "Management and Administration",
    "Accounting": "Accounting",
    "Banking and Finance": "Finance",
    "Legal Studies": "Legal Services",
    "Creative Media Production": "Media, Broadcast and Production",
    "Agriculture": "Agriculture, Land Management and Production",
    "Animal Care": "Animal Care and Management",
}
DIPLOMA_LINES = {  # line: subject area
    "Construction and the Built Environment": "05.2",
    "Creative and Media": "09.3",
    "Engineering": "04.1",
    "Information Technology": "06.2",
    "Society, Health and Development": "01.3",
    "Business, Administration and Finance": "15.3",
    "Environmental and Land-based Studies": "03.4",
    "Hair and Beauty Studies": "07.3",
    "Hospitality": "07.4",
    "Manufacturing and Product Design": "04.2",
    "Public Services": "01.4",
    "Retail Business": "07.1",
    "Sport and Active Leisure": "08.1",
    "Travel and Tourism": "08.2",
}

# What each sort of provider teaches of a subject, by the letters of its kinds.
VOCATIONAL = ("btec_3", "btec_2", "btec_1", "diploma_2")
TRADE = ("guilds_3", "guilds_2", "guilds_1", "nvq_2")
RANGES: dict[str, dict[str, tuple[str, ...]]] = {
    "sixth": {"a": ("a_level",), "v": ("btec_3",)},
    "college": {
        "a": ("a_level", "gcse"), "v": ("btec_3", "diploma_2", "diploma_1"), "t": ("t_level",), "f": ("entry",),
    },
    "training": {"v": ("apprenticeship_2", "apprenticeship_3", "diploma_1"), "f": ("entry",)},
    "sixth_full": {
        "a": ("a_level", "as_level"), "v": ("btec_3c",), "g": ("gcse",), "x": ("epq",), "b": ("functional_2",), "o": ("open_day",),
        "y": ("youth_award",),
    },
    "school": {
        "a": ("a_level",), "v": ("btec_3c", "btec_2"), "g": ("gcse",), "k": ("ks4",), "b": ("functional_1",),
        "o": ("open_day",), "y": ("youth_award",),
    },
    "college_full": {
        "a": ("a_level", "gcse"), "g": ("gcse",), "v": VOCATIONAL, "p": (*TRADE, "apprenticeship_2", "apprenticeship_3"),
        "t": ("t_level",), "f": ("entry", "foundation"), "b": ("functional_e", "functional_1", "functional_2"),
        "e": ("esol_e1", "esol_e3", "esol_12"), "l": ("language_1", "language_2"), "s": ("short", "taster"),
        "k": ("ks4", "taster"), "r": ("re_engagement",), "i": ("internship",), "o": ("open_day",), "y": ("youth_award",),
    },
    "work": {
        "v": ("nvq_2", "nvq_3", "diploma_1"), "p": ("apprenticeship_2", "apprenticeship_3", "traineeship"),
        "b": ("functional_1", "functional_2"), "s": ("short",), "f": ("foundation",),
    },
    "trades": {
        "v": ("guilds_1", "guilds_2", "guilds_3", "diploma_1"), "p": ("nvq_2", "apprenticeship_2", "apprenticeship_3"),
        "k": ("ks4",), "s": ("taster",), "t": ("t_level",),
    },
    "land": {
        "v": ("btec_3", "btec_2", "btec_1", "diploma_3"), "p": ("apprenticeship_2", "apprenticeship_3"),
        "k": ("ks4",), "s": ("short", "taster"), "f": ("internship",), "t": ("t_level",), "a": ("a_level",),
    },
    "arts": {
        "v": ("btec_3", "btec_2", "diploma_3"), "a": ("a_level",), "s": ("taster", "short", "activity"),
        "k": ("activity",),
    },
    "specialist": {"v": ("diploma_3", "diploma_2"), "p": ("apprenticeship_3", "nvq_3"), "s": ("taster",)},
    "esol": {
        "e": ("esol_e1", "esol_e3", "esol_12"), "b": ("functional_e", "functional_1"), "l": ("language_1",),
        "f": ("foundation",), "s": ("short",),
    },
    "reengage": {"r": ("re_engagement", "taster"), "f": ("foundation",), "k": ("ks4", "re_engagement"), "b": ("functional_e",)},
    "youth": {
        "s": ("activity", "taster"), "k": ("activity", "ks4"), "r": ("re_engagement",), "f": ("foundation",),
        "v": ("diploma_1", "activity"), "p": ("traineeship",), "y": ("youth_award",),
    },
    "community": {
        "l": ("language_1", "language_2", "gcse"), "s": ("short", "taster"), "b": ("functional_e", "functional_1", "functional_2"),
        "e": ("esol_e1", "esol_e3"), "f": ("entry",), "g": ("gcse",), "v": ("diploma_1",), "r": ("re_engagement",),
    },
    "diploma": {},
}  # fmt: skip
# The full town's own catalogue of the providers that the small one has, by what they are there.
WIDER = {"sixth": "sixth_full", "college": "college_full", "training": "work"}
