"""Transactions of accounts: python3 payments.py FOLDER SEED SIZE.

Each account has a home country, a budget and habits. Merchants' names are made of a chain or a made-up
word and a word of the trade, which tells the category; some names tell nothing. Fraud is card testing
(many small payments at once), takeover (large ones abroad at night after a new device), and refund abuse
(refunds of the same merchant again and again).
"""
import random
import sys

folder, seed, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rng = random.Random(seed)

TRADES = {
    "groceries": ["MARKET", "FOODS", "GROCER", "BAKERY", "SUPERMARKT", "FRESH"],
    "transport": ["RAIL", "TAXI", "METRO", "FUEL", "PARKING", "BUS"],
    "restaurants": ["CAFE", "BISTRO", "PIZZA", "GRILL", "SUSHI", "DINER"],
    "travel": ["AIRLINES", "HOTEL", "HOSTEL", "CAR RENTAL", "CRUISES"],
    "utilities": ["ENERGY", "WATER", "TELECOM", "POWER", "BROADBAND"],
    "leisure": ["CINEMA", "GAMES", "FITNESS", "STREAMING", "BOOKS"],
    "health": ["PHARMACY", "DENTAL", "CLINIC", "OPTICS"],
}
AMOUNTS = {"groceries": 40, "transport": 20, "restaurants": 25, "travel": 240, "utilities": 80,
           "leisure": 18, "health": 35}
SYLLABLES = "ba lo mi ren tu sha ver do pel nor ix an be co dra el fin gor hu ist jo".split()


def name(category):
    brand = "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 3))).upper()
    if rng.random() < 0.06:
        return f"{brand} {rng.randint(100, 999)}"
    trade = rng.choice(TRADES[category])
    text = rng.choice([f"{brand} {trade}", f"{trade} {brand}", f"{brand}*{trade}"])
    return text + rng.choice(["", "", f" {rng.randint(1, 99)}", " GMBH", " LTD"])


def account(number, prefix):
    home = rng.choice(["DE", "FR", "GB", "NL", "ES"])
    scale = rng.uniform(0.6, 1.8)
    time = rng.randint(0, 86_400)
    rows = []

    def add(gap, category, amount, country, channel, fraud, merchant=None):
        nonlocal time
        time += gap
        day, seconds = time // 86_400, time % 86_400
        stamp = f"2026-{1 + day // 28:02d}-{1 + day % 28:02d}T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}Z"
        rows.append((stamp, f"{prefix}{number:04d}", f"{amount:.2f}", merchant or name(category), country,
                     channel, category, fraud))

    def normal():
        category = rng.choice(sorted(TRADES))
        add(rng.randint(7_000, 90_000), category, AMOUNTS[category] * scale * rng.lognormvariate(0, 0.5),
            home if rng.random() < 0.95 else rng.choice(["US", "IT", "PL"]),
            rng.choice(["chip", "chip", "online", "contactless"]), "legitimate")

    for _ in range(rng.randint(20, 35)):
        normal()
        draw = rng.random()
        if draw < 0.012:
            for _ in range(rng.randint(4, 9)):
                add(rng.randint(5, 90), rng.choice(["leisure", "groceries"]), rng.uniform(0.5, 2), home if rng.random() < 0.4 else "US",
                    "online", "card_testing")
        elif draw < 0.024:
            add(rng.randint(3_000, 30_000), "leisure", 1.0, home, "device", "takeover", "NEW DEVICE ENROLMENT")
            for _ in range(rng.randint(2, 5)):
                category = rng.choice(["travel", "leisure"])
                add(rng.randint(120, 1_800), category, rng.uniform(300, 1_500), rng.choice(["US", "BR", "NG", "VN"]),
                    "online", "takeover")
        elif draw < 0.034:
            merchant = name("leisure")
            for _ in range(rng.randint(3, 5)):
                add(rng.randint(600, 20_000), "leisure", -rng.uniform(20, 120), home, "refund", "refund_abuse", merchant)
        elif draw < 0.06:
            category = rng.choice(["leisure", "restaurants"])
            add(rng.randint(600, 40_000), category, -rng.uniform(10, 60), home, "refund", "legitimate")
    return rows


def write(part, count):
    with open(f"{folder}/{part}.csv", "w") as file:
        file.write("time,account,amount,merchant,country,channel,category,fraud\n")
        for number in range(count):
            for row in account(number, part[0]):
                file.write(",".join(row) + "\n")


write("train", 150 * size)
write("dev", 25 * size)
write("test", 40 * size)
