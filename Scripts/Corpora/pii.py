"""Sentences with made-up personal data: python3 pii.py FOLDER SEED SIZE.

Names, addresses, e-mail addresses, telephone, account and document numbers are drawn from lists and
patterns; training, dev and test share neither names nor sentence frames: dev has every sixth of what is
listed first, test what is listed second. No text of a real person is in it.
"""
import random
import re
import sys

folder, seed, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rng = random.Random(seed)  # anew for each file, in write
TOKENS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+|[^\w\s]|_")

FIRST = [
    """Ada Amir Anja Bella Bruno Carla Chen Dario Elena Emil Fatima Felix Greta Hana Igor Ines Jamal Jana Karim Lena Luca Maya Milan
    Nadia Oscar Paula Quinn Rosa Samir Tara Umar Vera Wanda Yusuf Zoe Peter Susan James Linda Robert Alice Abel Adele Akira Alan
    Amelia Andrea Anton Arthur Astrid Barbara Beatriz Ben Birgit Brenda Brian Camille Carlos Carol Catherine Cem Charles Chiara
    Clara Claire Colin Cora Daniel Daria David Deborah Dennis Dora Dylan Edith Edward Eileen Ella Enzo Erik Esther Ethan Eva Farah
    Fiona Florian Frank Freya Gabriel Gemma Gerald Gloria Grace Grant Gustav Hassan Heather Heidi Henry Holly Ian Imran Ingrid
    Irene Isaac Isabel Ivan Jack Jacob Jasmin Jean Jennifer Jesper Joanna John Jonas Jorge Judith Julia Kamal Karen Katya Keith
    Kenji Kevin Kim Lars Laura Layla Leila Leo Liam Lisa Louis Lucy Magnus Manuel Marco Margaret Maria Mark Marta Mary Matteo Max
    Mehmet Michael Miriam Mohammed Monica Nathan Neil Nicole Nina Noah Nora Omar Owen Pablo Patricia Patrick Paul Philip Priya
    Rachel Rafael Rahul Rebecca Richard Roland Ruth Ryan Sabine Sara Scott Sean Sofia Sonja Steven Sven Tamara Theo Thomas Tim
    Tom Tomas Ursula Valentina Victor Vivian Walter Wei William Yasmin Yuki Zara""".split(),
    "Aisha Boris Celia Diego Edda Farid Gina Hugo Irma Joel Kira Leon Mona Nils Olga Pavel Rita Stefan Tilda Ulla Viktor Willem Xenia Yara Zeno Martin Helen George Emma".split()]
LAST = [
    """Abbott Bauer Costa Dimitrov Eriksen Fischer Garcia Haddad Ivanova Jansen Kowalski Larsen Moreau Novak Okafor Petrov Quist Rossi
    Schmidt Tanaka Ueda Vogel Weber Young Zhang Miller Brown Singh Adams Ahmed Alvarez Andersen Arnold Bailey Bakker Barnes Bell
    Bennett Berg Bernard Bianchi Bishop Blanc Bosch Brooks Butler Campbell Carter Chapman Chen Clarke Cole Collins Conti Cooper
    Cruz Davies Dean Diaz Dubois Dunn Edwards Evans Farkas Fernandez Fletcher Fontaine Foster Fox Fuchs Gibson Gomez Grant Gray
    Green Griffin Hall Hansen Harris Hayes Hernandez Hoffmann Holm Hughes Hunt Ibrahim Ito Jackson Jakobsen Johnson Jones Kaya Kelly
    Khan Kim King Klein Kovacs Kumar Lambert Lane Laurent Lee Lehmann Lewis Lopez Lund Marsh Martinez Mason Mendez Meyer Mills
    Moore Morgan Morris Murphy Nakamura Nash Nielsen Nolan Osman Owens Palmer Parker Patel Perez Phillips Popov Porter Powell
    Price Rahman Ramos Reed Reyes Richter Riley Rivera Roberts Robinson Romano Russell Ruiz Sanchez Sato Schneider Scott
    Shah Sharma Shaw Silva Simon Smith Sokolov Stein Stone Suzuki Svensson Taylor Thomas Torres Tran Varga Vega Vermeer Vidal Walsh
    Wang Ward Watson Webb White Williams Wilson Wolf Wood Wright Yamamoto Zimmermann O'Brien O'Neill McCarthy McDonald""".split(),
    "Almeida Becker Cohen Duarte Engel Ferrari Gruber Horvat Iyer Jovic Keller Lindholm Marino Nguyen Olsen Pereira Ricci Santos Turner Urban Visser Wagner Yilmaz Ziegler Baker Clark".split()]
STREETS = [
    "Oak Hill Mill Station Church Garden Lake River Park Bridge Albert Ash Baker Beech Birch Castle Chapel Chestnut College Elm Grove High Linden Maple Market Orchard Pine Queen Rose Victoria West Willow".split(),
    "Cedar Forest Harbour King Meadow North School Spring".split()]
CITIES = [
    """Lyon Porto Gdansk Leeds Graz Utrecht Malmo Turin Bristol Denver Aarhus Athens Austin Basel Bergen Bilbao Bologna Boston Bremen
    Brno Cardiff Chicago Cologne Cork Dallas Dresden Dublin Florence Geneva Genoa Ghent Glasgow Granada Hamburg Helsinki Krakow Leipzig
    Lille Liverpool London Madrid Manchester Marseille Milan Munich Naples Oslo Oxford Palermo Paris Phoenix Prague Riga Rome Salzburg
    Seattle Seville Split Tallinn Toulouse Valencia Vienna Vilnius Warsaw Zurich""".split(),
    "Nantes Braga Lublin York Linz Breda Lund Parma Exeter Tucson".split()]
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
    "Reset the password of {EMAIL} today.", "Version {NUMBER} of the {THING} is out.",
    # Letters and messages.
    "Hi {PERSON}, did you get my message?", "Hello {PERSON},", "Kind regards\n{PERSON}\n{ADDRESS}", "Yours, {PERSON} ({PHONE})",
    "Good morning, I am {PERSON}, a customer since {DATE}.", "Many thanks in advance, {PERSON}.", "Cheers, {PERSON}",
    "From: {PERSON} <{EMAIL}>", "To: {PERSON}, {PERSON} and {PERSON}", "Subject: delivery to {ADDRESS}",
    "Forwarded by {PERSON} on {DATE}.", "{PERSON} asked me to forward this to you.", "As {PERSON} said yesterday, the {THING} is late.",
    "I spoke to your colleague {PERSON} on {DATE}, but nothing has happened since.", "Could somebody ring me back? {PHONE} is best.",
    "My husband {PERSON} will sign for it.", "My daughter {PERSON} starts school in {CITY} in September.",
    "Could you tell {PERSON} that I will be late?", "We met {PERSON} and {PERSON} at the fair in {CITY}.", "Is {PERSON} still your manager?",
    # Forms and records.
    "Name: {PERSON}", "Address: {ADDRESS}", "E-mail: {EMAIL}", "Phone: {PHONE}", "Date of birth: {DATE}", "IBAN: {ACCOUNT}",
    "Passport: {DOCUMENT}", "Card number: {CARD}", "Place of birth: {CITY}", "Patient {PERSON}, born {DATE}, was seen in our clinic.",
    "Account holder {PERSON}, account {ACCOUNT}.", "Tenant: {PERSON}, moved in on {DATE}.", "Driving licence {DOCUMENT}, issued on {DATE} in {CITY}.",
    "Booked for {PERSON} and {PERSON}, arriving on {DATE}.", "Employee {NUMBER}: {PERSON}, {EMAIL}, {PHONE}.", "Signed in {CITY} on {DATE} by {PERSON}.",
    "Deliver to: {PERSON}, {ADDRESS}.", "Emergency contact: {PERSON}, {PHONE}.", "ID {DOCUMENT} was checked at the desk.",
    "Paid with {CARD} on {DATE}.", "Refund of {NUMBER} euros to {ACCOUNT}.", "Witness {PERSON} stated that the car stood at {ADDRESS}.",
    # Support.
    "The subscription of {PERSON} ends on {DATE}.", "Please change my address to {ADDRESS} from {DATE} on.", "My old number was {PHONE}, the new one is {PHONE}.",
    "I cannot log in as {EMAIL}; it says the password is wrong.", "Someone used my card {CARD} in {CITY}.", "My IBAN changed to {ACCOUNT} on {DATE}.",
    "Please delete all data of {PERSON}, {EMAIL}.", "The technician, {PERSON}, never came to {ADDRESS}.", "{PERSON} from {CITY} ordered two {THING}s and got one.",
    "I have attached a copy of my passport, {DOCUMENT}.", "Our driver could not find {ADDRESS} and went back to {CITY}.", "The flight from {CITY} to {CITY} on {DATE} was cancelled.",
    "Ask for {PERSON} at the desk.", "According to {PERSON}, the {THING} was already broken.", "{PERSON} has not paid since {DATE}.",
    "{PERSON}'s {THING} stopped working after {NUMBER} days.", "Give {PERSON} a call: {PHONE}.", "Mail the contract to {EMAIL}, with {PERSON} in copy.",
    "The lease of {PERSON} at {ADDRESS} was signed on {DATE}.", "It was {PERSON} who reported the leak.", "Neither {PERSON} nor {PERSON} answered.",
    "We live near {CITY} and work in {CITY}.", "In {CITY} the shop is closed on Sundays.", "Last summer we went to {CITY}.",
    # Nothing personal.
    "The {THING} stopped again.", "How do I install the {THING}?", "Is there a way to do this without the {THING}?", "Thank you very much for your help!",
    "Please find the report attached.", "We are closed on Monday and Tuesday.", "I tried it {NUMBER} times, and it failed each time.",
    "It costs {NUMBER} euros, which is too much.", "Where is the manual for the {THING}?", "The Board meets in March.", "Room {NUMBER} is on the second floor.",
    "Sales rose by {NUMBER} percent in the Spring.", "Press Start, then hold Enter for {NUMBER} seconds.", "The new Office opens soon.",
    "Error {NUMBER}: the {THING} did not answer.", "Call us if you need anything else.", "Terms and Conditions apply.", "See Section {NUMBER} of the User Guide.",
    "My order has not arrived yet, can you check?", "This is not what I ordered.", "Nobody told us that the {THING} needs a licence.",
    "He said that she would come later.", "What a waste of time.", "Your ticket {NUMBER} was closed.", "The Customer Service was excellent.",
    "Since the last Update nothing works.", "Invoice {NUMBER} was paid in full.", "Do not reply to this message.", "All prices include Tax.",
    "I would like to cancel my subscription.", "It took {NUMBER} days until the {THING} came.", "A refund takes {NUMBER} working days."],
    ["This is {PERSON} from {CITY}; my number is {PHONE}.", "Send the keys to {ADDRESS} for {PERSON}.",
     "Write to {EMAIL} if {PERSON} does not answer.", "The account {ACCOUNT} belongs to {PERSON}.",
     "Identity card {DOCUMENT} expires on {DATE}.", "We charged {CARD} by mistake.",
     "The new {THING} arrived in {NUMBER} boxes.", "Please restart the {THING} after {NUMBER} hours.",
     "{PERSON} and {PERSON} share a flat in {CITY}.", "Ticket {NUMBER} is about the {THING}.",
     "Sincerely, {PERSON}"]]
THINGS = ["printer", "router", "backup", "heater", "scanner", "update", "engine", "pump"]


TRAIN, DEV, TEST = 0, 1, 2


def parts(lists):
    """What training, dev and test draw from."""
    first, second = lists
    return [[x for i, x in enumerate(first) if i % 6], first[::6], second]


FIRST, LAST, STREETS, CITIES, FRAMES = map(parts, (FIRST, LAST, STREETS, CITIES, FRAMES))


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
    rng.seed(f"{seed} {name}")
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


write("train", TRAIN, 4000 * size)
write("dev", DEV, 500 * size)
write("test", TEST, 500 * size)
