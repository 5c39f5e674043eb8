"""The users of the demo: an admin, instructors and students."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoUser:
    username: str
    email: str
    bio: str


def _instructor(username: str, bio: str) -> DemoUser:
    return DemoUser(username, f"{username}@example.org", bio)


def _student(username: str, bio: str) -> DemoUser:
    return DemoUser(username, f"{username}@students.example", bio)


DEMO_ADMIN = DemoUser(
    "demo-admin",
    "demo-admin@example.org",
    "The demo account of an admin: it manages users, categories and all courses.",
)

DEMO_INSTRUCTOR = _instructor(
    "demo-instructor",
    "The demo account of an instructor: it owns a handful of courses, one of them still a "
    "draft. Edit them, add lessons and quizzes, and see how the students are doing.",
)

INSTRUCTORS = (
    DEMO_INSTRUCTOR,
    _instructor(
        "maria-lindqvist",
        "Maria Lindqvist wrote control software for Swedish railways for fourteen years before "
        "she started teaching. She lives in Gothenburg, reviews other people's code for fun and "
        "believes that a program is read far more often than it is written.",
    ),
    _instructor(
        "tomas-okafor",
        "Tomáš Okafor grew up between Brno and Enugu and studied physics in both Czech and "
        "English. He teaches mathematics and science the way he wishes he had been taught: with "
        "pencil in hand, a drawing before the formula, and time for a second attempt.",
    ),
    _instructor(
        "yuki-tanaka",
        "Yuki Tanaka (田中 由紀) designs books and signage in Kyōto and has translated from "
        "Japanese, Portuguese and English. Her courses are about looking closely: at letters, at "
        "colors, at the small words that hold a language together.",
    ),
    _instructor(
        "amira-haddad",
        "Amira Haddad (أميرة حداد) ran a bakery in Beirut, then kept the books of forty small "
        "businesses in Marseille. She teaches business to people who never wanted an MBA, and "
        "history to anyone who thinks that today's conflicts are new.",
    ),
)

DEMO_STUDENT = _student(
    "demo-student",
    "The demo account of a student: four courses, one finished, one halfway, one just started and "
    "one not started yet.",
)

_OTHER_STUDENTS = {
    "abena.mensah": "Abena Mensah, pharmacist in Kumasi. Learning to program for my stock list.",
    "aditi-rao": "Aditi Rao (अदिति राव). Last year of high school in Mysuru, mostly here for math.",
    "aino.korhonen": "Aino Korhonen from Tampere. Retired nurse; never too late for calculus.",
    "aleksandra-n": "Aleksandra Nowak, Łódź. Weaver who wants to understand her computer.",
    "amadou.diallo": "Amadou Diallo, Dakar. I repair phones and would like to write apps for them.",
    "ana-belen": "Ana Belén Ríos, teacher in Oaxaca. I steal ideas here for my own classes.",
    "anders.holm": "Anders Holm. Lighthouse engineer, slow reader, patient solver of exercises.",
    "anh-thu": "Nguyễn Anh Thư, Huế. Studies architecture, collects typefaces.",
    "arjun.pillai": "Arjun Pillai (അർജുൻ പിള്ള). Bus planner in Kochi who likes statistics.",
    "beatriz-melo": "Beatriz Melo, Recife. Percussionist. Rhythm is arithmetic, so here I am.",
    "bogdan.ilic": "Богдан Илић, Novi Sad. Night porter; I study from 2 to 4 a.m.",
    "carmen-vidal": "Carmen Vidal i Roca, Girona. Bookshop owner, bad at bookkeeping, improving.",
    "chen.yulan": "陈玉兰 (Chen Yulan), Chengdu. Accountant by day, botanist on weekends.",
    "chiara-conti": "Chiara Conti. Restores ceilings in Palermo; wants to know why plaster dries.",
    "cormac.byrne": "Cormac Byrne, Sligo. Sheep, fiddle, and lately Python.",
    "daria-sokolova": "Дарья Соколова. Translator in Tbilisi; learning my fifth language.",
    "david.mbeki": "David Mbeki, Gqeberha. Electrician preparing for an engineering degree.",
    "dilnoza-k": "Dilnoza Karimova, Samarqand. Guide at the observatory of Ulugʻbek.",
    "elif.aydin": "Elif Aydın, İzmir. I left marketing and do not miss it.",
    "emeka-eze": "Emeka Eze, Nsukka. Building a weather station for my secondary school.",
    "erik.sandvik": "Erik Sandvik, Tromsø. Dark winters are good for long courses.",
    "eszter-toth": "Tóth Eszter, Szeged. Beekeeper. The spreadsheets are the less peaceful half.",
    "fatima.zahra": "Fatima Zahra Bennani (فاطمة الزهراء), Fès. Medical student, first year.",
    "felix-brandt": "Felix Brandt. Carpenter in Freiburg; geometry comes home with me every day.",
    "freya.macleod": "Freya MacLeod, Stornoway. Works on a ferry, studies where there's a signal.",
    "giorgos-pappas": "Γιώργος Παππάς, Volos. Ship's cook with a weakness for philosophy.",
    "hana.novotna": "Hana Novotná, Olomouc. Librarian who catalogs everything, herself included.",
    "haruto-mori": "森 陽翔 (Mori Haruto), Sapporo. High school, robotics club.",
    "helena.costa": "Helena Costa, Évora. Back to studying after raising three children.",
    "ibrahim-sesay": "Ibrahim Sesay, Freetown. Runs a small solar shop, wants to run it better.",
    "ingrid.solberg": "Ingrid Solberg. Potter in Bergen; the chemistry of glazes brought me here.",
    "ioana-dumitru": "Ioana Dumitru, Iași. Tester of other people's software, soon of my own.",
    "jakob.weiss": "Jakob Weiß. Apprentice watchmaker in Glashütte.",
    "jin-soo": "박진수 (Park Jin-soo), Busan. Truck driver; I listen by day and read at night.",
    "joao.ferreira": "João Ferreira, Maputo. Journalist who wants to count as well as he writes.",
    "kaia-tamm": "Kaia Tamm, Tartu. Choir singer, data clerk.",
    "kamala.thapa": "Kamala Thapa (कमला थापा), Pokhara. Trekking guide between seasons.",
    "katarina-horvat": "Katarina Horvat, Rijeka. Marine biologist, learning to draw what I see.",
    "kwame.boateng": "Kwame Boateng. Referee, father of twins, student of logic, in that order.",
    "laila-mansour": "Laila Mansour (ليلى منصور), Amman. Interior designer, in love with color.",
    "lautaro.gomez": "Lautaro Gómez, Rosario. Plays chess badly and analyzes it well.",
    "leila-ahmadi": "Leila Ahmadi (لیلا احمدی), Shīrāz. Chemist, here for everything else.",
    "lena.fischer": "Lena Fischer, Leipzig. Midwife; statistics for a study on our ward.",
    "lucas-moreau": "Lucas Moreau. Grows endives near Lille and reads about the Enlightenment.",
    "magdalena.wolf": "Magdalena Wolf, Graz. Organ builder's daughter, acoustics enthusiast.",
    "mateo-quispe": "Mateo Quispe, Cusco. First in my family at college, curious about everything.",
    "mei-ling.tan": "Tan Mei Ling (陈美玲), Penang. Project manager, tired of gut feeling.",
    "miriam-levi": "Miriam Levi (מרים לוי), Haifa. Retired judge. Argues with the exercises.",
    "moana.parata": "Moana Parata, Rotorua. Teaches swimming; learns Python.",
    "nadia-rahman": "Nadia Rahman (নাদিয়া রহমান), Chattogram. Ship surveyor, two courses a month.",
    "niamh.kelly": "Niamh Kelly, Galway. Writes crime novels and needs her poisons to be right.",
    "oksana-b": "Оксана Бондаренко, Lviv. Graphic designer. Курс за курсом.",
    "olumide.adeyemi": "Olumide Adéyẹmí, Ìbàdàn. Teaches chemistry, studies negotiation.",
    "pedro-aguilar": "Pedro Aguilar, Valparaíso. Harbor pilot. Vectors are my daily bread.",
    "priya.nair": "Priya Nair, Thiruvananthapuram. Space-mad since the age of six.",
    "rafael-ortiz": "Rafael Ortiz, Ponce. Plumber, guitarist, future founder of something.",
    "sanna.virtanen": "Sanna Virtanen. Forest planner in Kuopio, learning to model what I plant.",
    "siobhan-walsh": "Siobhán Walsh, Cork. Night-shift paramedic. Short lessons, please.",
    "tevita.fonua": "Tevita Fonua, Nukuʻalofa. Fisherman's son, student of the tides.",
}
STUDENTS = (DEMO_STUDENT, *(_student(name, bio) for name, bio in _OTHER_STUDENTS.items()))
