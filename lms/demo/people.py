"""The people of the demo catalogue, and what each of them is to have learnt by now."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from random import Random
from typing import NamedTuple

from lms.demo.catalogue import Course

WEEKS = 12


@dataclass(frozen=True)
class Person:
    username: str
    email: str
    bio: str


class PlannedEnrollment(NamedTuple):
    """A place in a course; its lessons were completed one after the other from the first day on."""

    student: str
    course: str
    enrolled_days_ago: int
    completed: int
    over_days: int


def plan_enrollments(
    courses: Sequence[Course], students: Sequence[Person], seed: int
) -> list[PlannedEnrollment]:
    """Say who follows which published course and how far they came; a seed gives one plan."""
    chance = Random(seed)
    on_offer = sorted((course for course in courses if course.published), key=lambda c: c.title)
    chance.shuffle(on_offer)  # the popular ones come first from here on
    plan = []
    for student in students:
        if student.username == DEMO_STUDENT.username:
            plan += _demo_student_plan(on_offer)
        else:
            plan += _plan_of(student, on_offer, chance)
    return plan


def _plan_of(student: Person, on_offer: list[Course], chance: Random) -> list[PlannedEnrollment]:
    number = chance.choices((1, 2, 3, 4, 5, 6), weights=(14, 24, 26, 18, 12, 6))[0]
    chosen = _choose(on_offer, number, chance)
    return [_place(student.username, course, chance) for course in chosen]


def _choose(on_offer: list[Course], number: int, chance: Random) -> list[Course]:
    """Pick different courses, the first of the list about five times as often as the last."""
    left = list(on_offer)
    chosen: list[Course] = []
    while left and len(chosen) < number:
        weights = [1 / (4 + on_offer.index(course)) for course in left]
        chosen.append(chance.choices(left, weights)[0])
        left.remove(chosen[-1])
    return chosen


def _place(student: str, course: Course, chance: Random) -> PlannedEnrollment:
    days_ago = 1 + int((7 * WEEKS - 1) * chance.random() ** 1.4)  # each week a few more
    completed = min(_ambition(len(course.lessons), chance), days_ago)
    pace = chance.uniform(0.8, 4.5)  # days that a lesson takes
    over_days = min(days_ago, max(1, round(completed * pace))) if completed else 0
    return PlannedEnrollment(student, course.title, days_ago, completed, over_days)


def _ambition(lessons: int, chance: Random) -> int:
    """Some never start, some see it through; of the others, each lesson loses a few."""
    fate = chance.random()
    if fate < 0.12:
        return 0
    if fate < 0.38:
        return lessons
    return min(lessons - 1, 1 + int(chance.expovariate(2.2) * lessons))


def _demo_student_plan(on_offer: list[Course]) -> list[PlannedEnrollment]:
    """Four courses as a newcomer wants to see them: half way, finished, begun, not yet opened."""
    halved = sorted(on_offer, key=lambda c: (len(c.lessons) % 2, -len(c.lessons)))[:1]
    chosen = halved + [course for course in on_offer if course not in halved]
    return [
        PlannedEnrollment(
            DEMO_STUDENT.username, course.title, days_ago, ceil(share * len(course.lessons)), days
        )
        for course, (share, days_ago, days) in zip(chosen, _DEMO_STAGES, strict=False)
    ]


_DEMO_STAGES = ((0.5, 38, 35), (1, 61, 33), (0.1, 6, 4), (0, 1, 0))  # share, days ago, over days


def _instructor(username: str, bio: str) -> Person:
    return Person(username, f"{username}@example.org", bio)


def _student(username: str, bio: str) -> Person:
    return Person(username, f"{username}@students.example", bio)


DEMO_ADMIN = Person("demo-admin", "demo-admin@example.org", "Keeps the house in order.")

DEMO_INSTRUCTOR = _instructor(
    "demo-instructor",
    "The demo account of an instructor: it owns a handful of courses, one of them still a "
    "draft. Change them, add lessons and quizzes, look at how the students are doing.",
)

INSTRUCTORS = (
    DEMO_INSTRUCTOR,
    _instructor(
        "maria-lindqvist",
        "Maria Lindqvist wrote control software for Swedish railways for fourteen years before "
        "she began to teach. She lives in Göteborg, reviews other people's code for pleasure and "
        "holds that a program is read far more often than it is run.",
    ),
    _instructor(
        "tomas-okafor",
        "Tomáš Okafor grew up between Brno and Enugu and studied physics in both Czech and "
        "English. He teaches mathematics and science the way he wishes he had been taught: with "
        "a pencil in the hand, a drawing before the formula, and time for a second attempt.",
    ),
    _instructor(
        "yuki-tanaka",
        "Yuki Tanaka (田中 由紀) designs books and signage in Kyōto and has translated from "
        "Japanese, Portuguese and English. Her courses are about looking closely: at letters, at "
        "colours, at the small words that hold a language together.",
    ),
    _instructor(
        "amira-haddad",
        "Amira Haddad (أميرة حداد) ran a bakery in Beirut, then the books of forty other small "
        "firms in Marseille. She teaches business to people who never wanted an MBA, and history "
        "to anyone who thinks that today's quarrels are new.",
    ),
)

DEMO_STUDENT = _student(
    "demo-student",
    "The demo account of a student: four courses, one finished, one half way, one just begun and "
    "one waiting to be opened.",
)

_OTHER_STUDENTS = {
    "abena.mensah": "Abena Mensah, pharmacist in Kumasi. Learning to program for my stock list.",
    "aditi-rao": "Aditi Rao (अदिति राव). Final year of school in Mysuru, mostly here for maths.",
    "aino.korhonen": "Aino Korhonen from Tampere. Retired nurse; never too late for calculus.",
    "aleksandra-n": "Aleksandra Nowak, Łódź. Weaver who wants to understand her computer.",
    "amadou.diallo": "Amadou Diallo, Dakar. I repair phones and would like to write apps for them.",
    "ana-belen": "Ana Belén Ríos, teacher in Oaxaca. I steal ideas here for my own classes.",
    "anders.holm": "Anders Holm. Lighthouse engineer, slow reader, patient solver of exercises.",
    "anh-thu": "Nguyễn Anh Thư, Huế. Studies architecture, collects typefaces.",
    "arjun.pillai": "Arjun Pillai (അർജുൻ പിള്ള). Bus planner in Kochi with a liking for statistics.",
    "beatriz-melo": "Beatriz Melo, Recife. Percussionist. Rhythm is arithmetic, so here I am.",
    "bogdan.ilic": "Богдан Илић, Novi Sad. Night porter; I study between two and four.",
    "carmen-vidal": "Carmen Vidal i Roca, Girona. Bookshop owner, bad at bookkeeping, improving.",
    "chen.yulan": "陈玉兰 (Chen Yulan), Chengdu. Accountant by day, botanist at weekends.",
    "chiara-conti": "Chiara Conti. Restores ceilings in Palermo; wants to know why plaster dries.",
    "cormac.byrne": "Cormac Byrne, Sligo. Sheep, fiddle, and lately Python.",
    "daria-sokolova": "Дарья Соколова. Translator in Tbilisi; learning my fifth language.",
    "david.mbeki": "David Mbeki, Gqeberha. Electrician preparing for an engineering degree.",
    "dilnoza-k": "Dilnoza Karimova, Samarqand. Guide at the observatory of Ulugʻbek.",
    "elif.aydin": "Elif Aydın, İzmir. I left marketing and do not miss it.",
    "emeka-eze": "Emeka Eze, Nsukka. Building a weather station for my secondary school.",
    "erik.sandvik": "Erik Sandvik, Tromsø. Dark winters are good for long courses.",
    "eszter-toth": "Tóth Eszter, Szeged. Beekeeper. Spreadsheets are the less peaceful half of it.",
    "fatima.zahra": "Fatima Zahra Bennani (فاطمة الزهراء), Fès. Medical student, first year.",
    "felix-brandt": "Felix Brandt. Carpenter in Freiburg; geometry comes home with me every day.",
    "freya.macleod": "Freya MacLeod, Stornoway. Works on a ferry, studies where there is signal.",
    "giorgos-pappas": "Γιώργος Παππάς, Volos. Ship's cook with a weakness for philosophy.",
    "hana.novotna": "Hana Novotná, Olomouc. Librarian who catalogues everything, also herself.",
    "haruto-mori": "森 陽翔 (Mori Haruto), Sapporo. High school, robotics club.",
    "helena.costa": "Helena Costa, Évora. Back to studying after raising three children.",
    "ibrahim-sesay": "Ibrahim Sesay, Freetown. Runs a small solar shop, wants to run it better.",
    "ingrid.solberg": "Ingrid Solberg. Ceramicist in Bergen; chemistry of glazes brought me here.",
    "ioana-dumitru": "Ioana Dumitru, Iași. Tester of other people's software, soon of my own.",
    "jakob.weiss": "Jakob Weiß. Apprentice watchmaker in Glashütte.",
    "jin-soo": "박진수 (Park Jin-soo), Busan. Lorry driver; I listen first and read at night.",
    "joao.ferreira": "João Ferreira, Maputo. Journalist who wants to count as well as he writes.",
    "kaia-tamm": "Kaia Tamm, Tartu. Choir singer, data clerk.",
    "kamala.thapa": "Kamala Thapa (कमला थापा), Pokhara. Trekking guide between two seasons.",
    "katarina-horvat": "Katarina Horvat, Rijeka. Marine biologist, learning to draw what I see.",
    "kwame.boateng": "Kwame Boateng. Referee, father of twins, student of logic in that order.",
    "laila-mansour": "Laila Mansour (ليلى منصور), Amman. Interior designer, in love with colour.",
    "lautaro.gomez": "Lautaro Gómez, Rosario. Plays chess badly and analyses it well.",
    "leila-ahmadi": "Leila Ahmadi (لیلا احمدی), Shīrāz. Chemist, here for everything else.",
    "lena.fischer": "Lena Fischer, Leipzig. Midwife; statistics for a study on our ward.",
    "lucas-moreau": "Lucas Moreau. Grows endives near Lille and reads about the Enlightenment.",
    "magdalena.wolf": "Magdalena Wolf, Graz. Organ builder's daughter, acoustics enthusiast.",
    "mateo-quispe": "Mateo Quispe, Cusco. First in the family at university, curious about all.",
    "mei-ling.tan": "Tan Mei Ling (陈美玲), Penang. Project manager, tired of managing by feeling.",
    "miriam-levi": "Miriam Levi (מרים לוי), Haifa. Retired judge. Argues with the exercises.",
    "moana.parata": "Moana Parata, Rotorua. Teaches swimming; learns Python.",
    "nadia-rahman": "Nadia Rahman (নাদিয়া রহমান), Chattogram. Ship surveyor, two courses a month.",
    "niamh.kelly": "Niamh Kelly, Galway. Writes crime novels and needs her poisons to be right.",
    "oksana-b": "Оксана Бондаренко, Lviv. Graphic designer. Курс за курсом.",
    "olumide.adeyemi": "Olumide Adéyẹmí, Ìbàdàn. Teaches chemistry, studies negotiation.",
    "pedro-aguilar": "Pedro Aguilar, Valparaíso. Harbour pilot. Vectors are my daily bread.",
    "priya.nair": "Priya Nair, Thiruvananthapuram. Space-mad since the age of six.",
    "rafael-ortiz": "Rafael Ortiz, Ponce. Plumber, guitarist, future founder of something.",
    "sanna.virtanen": "Sanna Virtanen. Forest planner in Kuopio, learning to model what I plant.",
    "siobhan-walsh": "Siobhán Walsh, Cork. Night-shift paramedic. Short lessons, please.",
    "tevita.fonua": "Tevita Fonua, Nukuʻalofa. Fisherman's son, student of the tides.",
}
STUDENTS = (DEMO_STUDENT, *(_student(name, bio) for name, bio in _OTHER_STUDENTS.items()))
