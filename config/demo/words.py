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


class Site(NamedTuple):
    name: str
    town: str = ""  # the area's, where it is empty
    outcode: str = ""  # one of the area's, where it is empty


class Provider(NamedTuple):
    name: str
    area: str
    ukprn: str
    kind: str  # OrganisationKind
    range: str  # which qualifications: a key of kinds.RANGES
    sites: tuple[Site, ...]
    style: str = "plain"  # how it writes titles and texts
    share: float = 0.8  # of the courses that such a provider could teach
    subjects: tuple[str, ...] = ()  # only subjects whose codes begin so; empty for all
    full_style: str = "plain"  # of a provider of the small town, in the full one
    full_share: float = 0.7


PROVIDERS = [
    Provider(
        "Northfield College", "Northmoor", "10099001", "college", "college",
        (Site("Main Campus"), Site("Canal Street Workshops")), full_share=0.62,
    ),
    Provider("Southbank Sixth Form", "Northmoor", "10099002", "college", "sixth", (Site("Southbank"),)),
    Provider("St Brannoc's School", "Northmoor", "10099003", "school", "sixth", (Site("Sixth Form Centre"),)),
    Provider("Moorland Training", "Northmoor", "10099004", "training_provider", "training", (Site("Mill Yard"),)),
    Provider(
        "Ridgeway High School", "Calderside", "10099005", "school", "sixth", (Site("Ridgeway"),), full_style="short",
    ),
    Provider(
        "Calder Valley College", "Calderside", "10099006", "college", "college",
        (Site("Bridge Campus"), Site("Hill Top Farm")), full_style="long", full_share=0.6,
    ),
    Provider(
        "Skills Forge", "Calderside", "10099007", "training_provider", "training", (Site("Forge House"),),
        full_style="codes", full_share=0.5,
    ),
    Provider(
        "Beckside Academy", "Eastvale", "10099008", "school", "sixth", (Site("Beckside"),), full_style="careless",
    ),
    Provider(
        "Eastvale College", "Eastvale", "10099009", "college", "college", (Site("Park Road"), Site("Riverside")),
        full_style="short", full_share=0.58,
    ),
    Provider(
        "First Step Works", "Eastvale", "10099010", "training_provider", "training", (Site("Station Yard"),),
        full_style="chatty", full_share=0.5,
    ),
    Provider(
        "Westhaven College", "Westhaven", "10099011", "college", "college", (Site("City Campus"), Site("Dockside")),
        full_style="formal", full_share=0.6,
    ),
    Provider(
        "Westhaven Sixth Form College", "Westhaven", "10099012", "college", "sixth", (Site("Grove Lane"),),
        full_style="formal", full_share=0.85,
    ),
]  # fmt: skip


class Subject(NamedTuple):
    ssa: str  # tier 2 code
    name: str
    short: str  # as a timetable abbreviates it
    kinds: str  # letters of kinds.RANGES: a academic, v vocational, f foundation and so on
    topics: str  # parted by semicolons where there are several
    jobs: str  # parted by commas


def _subject(ssa: str, name: str, kinds: str, topics: str, jobs: str) -> Subject:
    return Subject(ssa, name, name, kinds, topics, jobs)


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
