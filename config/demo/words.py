"""The invented town in tables. Every name is made up; the postcode districts are real, so that distances are."""

from typing import NamedTuple


class Place(NamedTuple):
    town: str
    outcodes: tuple[str, ...]


AREAS = {
    "Northmoor": Place("Northmoor", ("HX1", "HX2", "HX3")),
    "Calderside": Place("Calder Bridge", ("HD1", "HD2", "HD3")),
    "Eastvale": Place("Eastvale", ("WF1", "WF2", "WF13")),
    "Westhaven": Place("Westhaven", ("BD1", "BD2", "BD7")),
}


class School(NamedTuple):
    name: str
    area: str
    urn: str
    has_sixth_form: bool
    year_11: int  # learners


SCHOOLS = [
    School("Hollins Park School", "Northmoor", "199001", False, 90),
    School("St Brannoc's School", "Northmoor", "199002", True, 80),
    School("Moorgate Academy", "Northmoor", "199003", False, 70),
    School("Ridgeway High School", "Calderside", "199004", True, 60),
    School("Larkfield School", "Calderside", "199005", False, 60),
    School("Beckside Academy", "Eastvale", "199006", True, 60),
    School("Quarry Lane School", "Westhaven", "199007", False, 60),
]


class Provider(NamedTuple):
    name: str
    area: str
    ukprn: str
    kind: str  # OrganisationKind
    range: str  # which qualifications: college, sixth, training
    sites: tuple[str, ...]


PROVIDERS = [
    Provider(
        "Northfield College", "Northmoor", "10099001", "college", "college", ("Main Campus", "Canal Street Workshops")
    ),
    Provider("Southbank Sixth Form", "Northmoor", "10099002", "college", "sixth", ("Southbank",)),
    Provider("St Brannoc's School", "Northmoor", "10099003", "school", "sixth", ("Sixth Form Centre",)),
    Provider("Moorland Training", "Northmoor", "10099004", "training_provider", "training", ("Mill Yard",)),
    Provider("Ridgeway High School", "Calderside", "10099005", "school", "sixth", ("Ridgeway",)),
    Provider(
        "Calder Valley College", "Calderside", "10099006", "college", "college", ("Bridge Campus", "Hill Top Farm")
    ),
    Provider("Skills Forge", "Calderside", "10099007", "training_provider", "training", ("Forge House",)),
    Provider("Beckside Academy", "Eastvale", "10099008", "school", "sixth", ("Beckside",)),
    Provider("Eastvale College", "Eastvale", "10099009", "college", "college", ("Park Road", "Riverside")),
    Provider("First Step Works", "Eastvale", "10099010", "training_provider", "training", ("Station Yard",)),
    Provider("Westhaven College", "Westhaven", "10099011", "college", "college", ("City Campus", "Dockside")),
    Provider("Westhaven Sixth Form College", "Westhaven", "10099012", "college", "sixth", ("Grove Lane",)),
]


class Subject(NamedTuple):
    ssa: str  # tier 2 code
    name: str
    is_academic: bool  # taught as GCSE and A level
    is_vocational: bool
    topics: str
    jobs: str


def _subject(ssa: str, name: str, kinds: str, topics: str, jobs: str) -> Subject:
    return Subject(ssa, name, "a" in kinds, "v" in kinds, topics, jobs)


SUBJECTS = [
    _subject(
        "01.3",
        "Health and Social Care",
        "v",
        "how people grow and change, and how to support them",
        "care worker, social worker, paramedic",
    ),
    _subject(
        "01.5",
        "Childcare and Early Years",
        "v",
        "how young children play, learn and stay safe",
        "nursery nurse, early years educator, nanny",
    ),
    _subject(
        "01.4",
        "Uniformed Public Services",
        "v",
        "fitness, teamwork and how the emergency services work",
        "police officer, firefighter, soldier, prison officer",
    ),
    _subject("01.2", "Dental Nursing", "v", "looking after patients and helping at the chair side", "dental nurse"),
    _subject("02.1", "Biology", "a", "cells, genes and whole ecosystems", "doctor, biologist, vet"),
    _subject(
        "02.1",
        "Chemistry",
        "a",
        "what things are made of and how they change",
        "pharmacist, chemist, forensic scientist",
    ),
    _subject("02.1", "Physics", "a", "forces, waves, electricity and particles", "engineer, physicist, pilot"),
    _subject(
        "02.1",
        "Applied Science",
        "v",
        "laboratory skills and how science is used at work",
        "laboratory technician, forensic scientist",
    ),
    _subject("02.2", "Mathematics", "a", "proof, statistics and mechanics", "accountant, data analyst, engineer"),
    _subject("02.2", "Further Mathematics", "a", "complex numbers, matrices and decisions", "actuary, engineer"),
    _subject(
        "03.1", "Agriculture", "v", "crops, livestock and driving a tractor safely", "farmer, farm worker, gamekeeper"
    ),
    _subject("03.2", "Horticulture", "v", "growing plants, soil and planning gardens", "gardener, landscaper, florist"),
    _subject(
        "03.3",
        "Animal Care",
        "v",
        "feeding, handling and understanding animals",
        "zoo keeper, dog groomer, kennel worker",
    ),
    _subject("03.3", "Veterinary Nursing", "v", "nursing animals before and after an operation", "veterinary nurse"),
    _subject(
        "04.1", "Engineering", "v", "drawing, machining and testing parts", "engineer, machinist, maintenance fitter"
    ),
    _subject("04.1", "Welding and Fabrication", "v", "joining and shaping metal", "welder, fabricator"),
    _subject(
        "04.3",
        "Motor Vehicle Maintenance",
        "v",
        "engines, brakes and finding faults",
        "car mechanic, vehicle technician, MOT tester",
    ),
    _subject(
        "04.1", "Electronics", "av", "circuits, sensors and small robots", "electronics technician, robotics engineer"
    ),
    _subject("05.2", "Bricklaying", "v", "building walls that are straight and strong", "bricklayer, builder"),
    _subject(
        "05.2", "Carpentry and Joinery", "v", "doors, roofs and stairs in wood", "carpenter, joiner, kitchen fitter"
    ),
    _subject(
        "05.2",
        "Electrical Installation",
        "v",
        "wiring, testing and working safely",
        "electrician, solar panel installer",
    ),
    _subject(
        "05.2", "Plumbing and Heating", "v", "pipes, boilers and hot water", "plumber, heating engineer, gas fitter"
    ),
    _subject("05.2", "Plastering", "v", "smooth walls, inside and out", "plasterer, renderer"),
    _subject("05.2", "Painting and Decorating", "v", "preparing, painting and papering", "painter, decorator"),
    _subject(
        "06.1", "Computer Science", "a", "writing programs and how computers think", "programmer, software developer"
    ),
    _subject(
        "06.2",
        "Information Technology",
        "v",
        "networks, hardware and helping people with computers",
        "IT technician, network engineer",
    ),
    _subject(
        "06.1",
        "Digital Production, Design and Development",
        "v",
        "building websites and apps with a team",
        "web developer, software tester",
    ),
    _subject("06.1", "Games Development", "v", "designing, drawing and programming games", "games designer, 3D artist"),
    _subject("07.1", "Retail", "v", "selling, stock and looking after customers", "shop assistant, retail manager"),
    _subject("07.3", "Hairdressing", "v", "cutting, colouring and styling hair", "hairdresser, stylist, salon owner"),
    _subject("07.3", "Barbering", "v", "fades, shaves and beards", "barber"),
    _subject("07.3", "Beauty Therapy", "v", "skin, nails and make-up", "beautician, nail technician, make-up artist"),
    _subject("07.4", "Professional Cookery", "v", "knife skills, pastry and running a kitchen", "chef, baker, cook"),
    _subject("08.1", "Sport", "v", "training, coaching and how the body works", "personal trainer, sports coach"),
    _subject("08.1", "Physical Education", "a", "how bodies move and why people play", "PE teacher, physiotherapist"),
    _subject(
        "08.2",
        "Travel and Tourism",
        "v",
        "airports, destinations and looking after travellers",
        "cabin crew, travel agent",
    ),
    _subject("09.1", "Performing Arts", "v", "acting, dance and putting on a show", "actor, dancer, stage manager"),
    _subject("09.1", "Music Technology", "av", "recording, mixing and composing", "sound engineer, music producer, DJ"),
    _subject("09.2", "Art and Design", "av", "drawing, painting, print and making things", "artist, illustrator"),
    _subject("09.2", "Photography", "av", "light, lenses and telling a story in pictures", "photographer"),
    _subject("09.2", "Fashion and Textiles", "v", "designing, cutting and sewing clothes", "fashion designer, tailor"),
    _subject(
        "09.3", "Creative Media Production", "v", "filming, editing and sound", "film maker, video editor, journalist"
    ),
    _subject("10.1", "History", "a", "how the past made the present", "archivist, museum curator, teacher"),
    _subject(
        "10.3",
        "Philosophy and Religious Studies",
        "a",
        "what people believe and how to argue well",
        "teacher, minister, civil servant",
    ),
    _subject("11.1", "Geography", "a", "coasts, cities and a changing climate", "town planner, surveyor"),
    _subject("11.2", "Psychology", "a", "memory, behaviour and research", "psychologist, counsellor"),
    _subject("11.2", "Sociology", "a", "families, schools and inequality", "youth worker, researcher"),
    _subject(
        "11.2", "Criminology", "av", "why people commit crime and what happens next", "probation officer, detective"
    ),
    _subject("11.4", "Economics", "a", "markets, money and choices", "economist, analyst"),
    _subject("12.1", "English Literature", "a", "novels, plays and poems, read closely", "author, editor, teacher"),
    _subject("12.1", "English Language", "a", "how English works and changes", "journalist, copywriter"),
    _subject(
        "12.2", "French", "a", "speaking, reading and life in French-speaking countries", "translator, interpreter"
    ),
    _subject("12.2", "Spanish", "a", "speaking, reading and the Spanish-speaking world", "translator, interpreter"),
    _subject(
        "13.2",
        "Supporting Teaching and Learning",
        "v",
        "helping children learn in the classroom",
        "teaching assistant, learning mentor",
    ),
    _subject(
        "14.1",
        "Skills for Independent Living",
        "f",
        "cooking, money, travel and making choices",
        "supported employment",
    ),
    _subject("14.2", "Preparation for Work", "f", "finding out what suits you, with a work placement", "any first job"),
    _subject("15.1", "Accounting", "av", "keeping books, costs and payroll", "accountant, bookkeeper"),
    _subject(
        "15.2", "Business Administration", "v", "how an office runs and how to run it", "administrator, receptionist"
    ),
    _subject("15.3", "Business", "av", "markets, people and money in real companies", "manager, entrepreneur"),
    _subject("15.5", "Law", "a", "crime, contracts and human rights", "solicitor, paralegal"),
]


class Kind(NamedTuple):
    """One way a subject is taught, and how such a course is described."""

    code: str
    title: str
    level: str  # Level code, E to 3
    weeks: int
    mode: str  # XCRI study mode code
    needs: str
    assessed: str
    next: str


KINDS = {
    "a_level": Kind(
        "a_level", "A level {name}", "3", 76, "FT",
        "Five GCSEs at grade 4 or above, with English and maths. A 5 in {name} or the nearest subject helps.",
        "Exams at the end of the second year. Some subjects have coursework.",
        "University, a degree apprenticeship or work. Jobs this can lead to: {jobs}.",
    ),
    "gcse": Kind(
        "gcse", "GCSE {name} (one year)", "2", 36, "PT",
        "For people of 16 and over who want a better grade.",
        "Exams in May and June.",
        "Level 3 courses that ask for this GCSE.",
    ),
    "btec_3": Kind(
        "btec_3", "BTEC Level 3 National Diploma in {name}", "3", 76, "FT",
        "Four GCSEs at grade 4 or above, or a good Level 2 pass in a related subject.",
        "Assignments, practical work and some exams.",
        "University, an advanced apprenticeship or work. Jobs this can lead to: {jobs}.",
    ),
    "t_level": Kind(
        "t_level", "T Level in {name}", "3", 76, "FT",
        "Five GCSEs at grade 4 or above, with English and maths.",
        "Exams, a project, and 45 days with an employer.",
        "Skilled work, a higher apprenticeship or university. Jobs this can lead to: {jobs}.",
    ),
    "diploma_2": Kind(
        "diploma_2", "{name} Level 2 Diploma", "2", 36, "FT",
        "Two GCSEs at grade 3 or above, or a Level 1 course.",
        "Mostly by what you make and do, with a few short tests.",
        "Level 3, an apprenticeship or work. Jobs this can lead to: {jobs}.",
    ),
    "diploma_1": Kind(
        "diploma_1", "Introduction to {name} Level 1", "1", 36, "FT",
        "No grades needed. Come and talk to us.",
        "By what you make and do. There are no long exams.",
        "Level 2 in {name} or another subject.",
    ),
    "entry": Kind(
        "entry", "{name}", "E", 36, "PT",
        "Nothing but wanting to come.",
        "By what you do each week, at your own pace.",
        "Level 1, a supported internship or work.",
    ),
    "apprenticeship_2": Kind(
        "apprenticeship_2", "{name} intermediate apprenticeship", "2", 60, "PT",
        "An employer who takes you on. We help you to find one.",
        "By watching you work, and a test at the end.",
        "An advanced apprenticeship, or staying on in the job.",
    ),
    "apprenticeship_3": Kind(
        "apprenticeship_3", "{name} advanced apprenticeship", "3", 90, "PT",
        "An employer who takes you on, and usually five GCSEs at grade 4 or above.",
        "By watching you work, and a test at the end.",
        "Skilled work or a higher apprenticeship. Jobs this can lead to: {jobs}.",
    ),
}  # fmt: skip

# What each sort of provider teaches of an academic, vocational and foundation subject.
RANGES = {
    "sixth": (("a_level",), ("btec_3",), ()),
    "college": (("a_level", "gcse"), ("btec_3", "diploma_2", "diploma_1", "t_level"), ("entry",)),
    "training": ((), ("apprenticeship_2", "apprenticeship_3", "diploma_1"), ("entry",)),
}

GIVEN_NAMES = (
    "Aaliyah Adam Aisha Alfie Amelia Anya Archie Ayaan Bethany Callum Chloe Daisy Daniel Dylan Ebony Eleri Ella Ethan Eve "
    "Farah Finlay Freya George Grace Hamza Hannah Harvey Hiba Imogen Isaac Jack Jaya Jessica Joel Kacper Kai Keira Kian "
    "Layla Leo Lily Łukasz Maja Maryam Mason Megan Mia Mohammed Niamh Noah Oliwia Omar Oscar Poppy Priya Rhys Rosie "
    "Ruby Sam Sana Seán Sofia Taylor Theo Tia Tyler Umar Willow Yusuf Zainab Zara Zoë"
).split()
FAMILY_NAMES = (
    "Abbott Ahmed Akhtar Appleyard Bairstow Barker Begum Bennett Booth Brook Butterworth Chaudhry Clegg Cooper Crossley "
    "Dobson Dyson Earnshaw Farrar Fielding Firth Greenwood Gupta Haigh Hanson Hartley Hirst Holroyd Hussain Ibrahim "
    "Jagger Kaur Khan Kowalska Lumb Mahmood Marsden Mitchell Naylor Novak O'Neill Ogden Okonkwo Patel Pickles Priestley "
    "Ramsden Rashid Roberts Shackleton Shah Sharp Singh Smith Stansfield Sutcliffe Sykes Tattersall Thornton Turner "
    "Uttley Varley Wadsworth Walker Whiteley Wójcik Womersley Yates Young Zaman"
).split()
