"""Sentences with made-up personal data: python3 pii.py FOLDER SEED SIZE.

Names, addresses, e-mail addresses, telephone, account and document numbers are drawn from lists and
patterns; training and test share neither names nor sentence frames. No text of a real person is in it.
"""
import random
import re
import sys

folder, seed, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rng = random.Random(seed)
TOKENS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+|[^\w\s]|_")

FIRST = [
    "Ada Amir Anja Bella Bruno Carla Chen Dario Elena Emil Fatima Felix Greta Hana Igor Ines Jamal Jana Karim Lena Luca Maya Milan Nadia Oscar Paula Quinn Rosa Samir Tara Umar Vera Wanda Yusuf Zoe Peter Susan James Linda Robert Alice".split(),
    "Aisha Boris Celia Diego Edda Farid Gina Hugo Irma Joel Kira Leon Mona Nils Olga Pavel Rita Stefan Tilda Ulla Viktor Willem Xenia Yara Zeno Martin Helen George Emma".split()]
LAST = [
    "Abbott Bauer Costa Dimitrov Eriksen Fischer Garcia Haddad Ivanova Jansen Kowalski Larsen Moreau Novak Okafor Petrov Quist Rossi Schmidt Tanaka Ueda Vogel Weber Young Zhang Miller Brown Singh".split(),
    "Almeida Becker Cohen Duarte Engel Ferrari Gruber Horvat Iyer Jovic Keller Lindholm Marino Nguyen Olsen Pereira Ricci Santos Turner Urban Visser Wagner Yilmaz Ziegler Baker Clark".split()]
STREETS = ["Oak Hill Mill Station Church Garden Lake River Park Bridge".split(), "Cedar Forest Harbour King Meadow North School Spring".split()]
CITIES = ["Lyon Porto Gdansk Leeds Graz Utrecht Malmo Turin Bristol Denver".split(), "Nantes Braga Lublin York Linz Breda Lund Parma Exeter Tucson".split()]
FRAMES = [[
    "My name is {PERSON} and I live at {ADDRESS}.", "Please call {PERSON} on {PHONE} before noon.",
    "You can reach me at {EMAIL} or {PHONE}.", "The invoice goes to {PERSON}, {ADDRESS}.",
    "Transfer the amount to {ACCOUNT}, please.", "Her passport number is {DOCUMENT}.",
    "{PERSON} was born on {DATE} in {CITY}.", "Contact {PERSON} ({EMAIL}) about the contract.",
    "I moved from {CITY} to {CITY} last year.", "The parcel for {PERSON} came back on {DATE}.",
    "Our meeting takes {NUMBER} minutes and costs nothing.", "The server restarted {NUMBER} times at noon.",
    "Thanks, the {THING} works again since Monday.", "Page {NUMBER} of the manual explains the {THING}.",
    "Order {NUMBER} contains two {THING}s.", "Dear {PERSON}, thank you for your letter of {DATE}.",
    "Card {CARD} was declined twice.", "Best regards, {PERSON}", "The customer {PERSON} wrote from {EMAIL}.",
    "Reset the password of {EMAIL} today.", "Version {NUMBER} of the {THING} is out."],
    ["This is {PERSON} from {CITY}; my number is {PHONE}.", "Send the keys to {ADDRESS} for {PERSON}.",
     "Write to {EMAIL} if {PERSON} does not answer.", "The account {ACCOUNT} belongs to {PERSON}.",
     "Identity card {DOCUMENT} expires on {DATE}.", "We charged {CARD} by mistake.",
     "The new {THING} arrived in {NUMBER} boxes.", "Please restart the {THING} after {NUMBER} hours.",
     "{PERSON} and {PERSON} share a flat in {CITY}.", "Ticket {NUMBER} is about the {THING}.",
     "Sincerely, {PERSON}"]]
THINGS = ["printer", "router", "backup", "heater", "scanner", "update", "engine", "pump"]


def d(count):
    return "".join(rng.choice("0123456789") for _ in range(count))


def value(kind, part):
    first, last = rng.choice(FIRST[part]), rng.choice(LAST[part])
    return {
        "PERSON": lambda: rng.choice([f"{first} {last}", f"{first} {last}", first, f"Dr. {last}", f"{first[0]}. {last}"]),
        "ADDRESS": lambda: f"{rng.randint(1, 200)} {rng.choice(STREETS[part])} {rng.choice(['Street', 'Road', 'Lane', 'Avenue'])}, {rng.choice(CITIES[part])} {d(5)}",
        "CITY": lambda: rng.choice(CITIES[part]),
        "EMAIL": lambda: f"{first.lower()}{rng.choice(['.', '_', ''])}{last.lower()}{rng.choice(['', d(2)])}@{rng.choice(['example.org', 'example.com', 'mail.example.net'])}",
        "PHONE": lambda: rng.choice([f"+44 {d(4)} {d(6)}", f"+49 {d(3)} {d(7)}", f"({d(3)}) {d(3)}-{d(4)}", f"0{d(3)} {d(6)}"]),
        "ACCOUNT": lambda: rng.choice(["DE", "FR", "NL", "GB"]) + d(2) + " " + " ".join(d(4) for _ in range(4)),
        "CARD": lambda: " ".join(d(4) for _ in range(4)),
        "DOCUMENT": lambda: rng.choice("CFGHJKLX") + d(8),
        "DATE": lambda: rng.choice([f"{rng.randint(1, 28)} {rng.choice(['March', 'June', 'October'])} {rng.randint(1950, 2010)}", f"{rng.randint(1, 28):02d}/{rng.randint(1, 12):02d}/{rng.randint(1950, 2010)}"]),
    }[kind]()


TYPES = {"CITY": "LOCATION", "ADDRESS": "ADDRESS"}


def sentence(part):
    text, spans = "", []
    for piece in re.split(r"(\{[A-Z]+\})", rng.choice(FRAMES[part])):
        kind = piece.strip("{}")
        if not piece.startswith("{"):
            text += piece
        elif kind == "NUMBER":
            text += d(rng.randint(1, 6))
        elif kind == "THING":
            text += rng.choice(THINGS)
        else:
            filled = value(kind, part)
            spans.append((len(text), len(text) + len(filled), TYPES.get(kind, kind)))
            text += filled
    return text, spans


def write(name, part, count):
    with open(f"{folder}/{name}.tsv", "w") as file:
        for _ in range(count):
            text, spans = sentence(part)
            last = None
            for match in TOKENS.finditer(text):
                inside = next((s for s in spans if s[0] <= match.start() < s[1]), None)
                label = "O" if inside is None else ("I-" if inside is last else "B-") + inside[2]
                last = inside
                file.write(f"{match.group()}\t{label}\n")
            file.write("\n")


write("train", 0, 4000 * size)
write("dev", 0, 300 * size)
write("test", 1, 500 * size)
