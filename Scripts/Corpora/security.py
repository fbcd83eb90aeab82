"""Authentication and flow records of hosts: python3 security.py FOLDER SEED SIZE.

Rows of one host are a sequence. Into ordinary work come brute force (failures for one user, sometimes a
success), password spraying (failures for many users), scans (flows to many ports, few bytes), lateral
movement (a new success, then flows to administration ports of neighbours) and exfiltration (large flows
outwards at odd hours).
"""
import random
import sys

folder, seed, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rng = random.Random(seed)
USERS = [f"{a}{b}" for a in "ana ben cleo dan eva finn gus ida jon kim leo mia".split() for b in ("", "1", ".k")]


def inside():
    return f"10.0.{rng.randint(0, 9)}.{rng.randint(1, 250)}"


def outside():
    return f"{rng.choice([23, 45, 81, 104, 185])}.{rng.randint(1, 250)}.{rng.randint(1, 250)}.{rng.randint(1, 250)}"


def host(number, part):
    rows = []
    users = rng.sample(USERS, 3)
    time = rng.randint(6, 9) * 3600

    def add(gap, kind, user, peer, port, result, sent, label):
        nonlocal time
        time += gap
        stamp = f"2026-05-{1 + time // 86_400:02d}T{time // 3600 % 24:02d}:{time // 60 % 60:02d}:{time % 60:02d}Z"
        rows.append((stamp, f"{part}-{number:03d}", kind, user, peer, port, result, sent, label))

    for _ in range(rng.randint(35, 60)):
        draw = rng.random()
        if draw < 0.35:
            result = "failure" if rng.random() < 0.08 else "success"
            add(rng.randint(60, 2500), "auth", rng.choice(users), inside(), rng.choice([22, 3389, 445]), result, 0, "normal")
        elif draw < 0.95:
            add(rng.randint(5, 1500), "flow", "", rng.choice([inside(), outside()]), rng.choice([443, 443, 80, 53, 25, 8080]),
                "closed", int(rng.lognormvariate(8.5, 1.5)), "normal")
        elif draw < 0.96:
            user, peer = rng.choice(users + ["root", "admin"]), outside()
            for _ in range(rng.randint(6, 14)):
                add(rng.randint(1, 8), "auth", user, peer, 22, "failure", 0, "brute_force")
            if rng.random() < 0.3:
                add(rng.randint(1, 8), "auth", user, peer, 22, "success", 0, "brute_force")
        elif draw < 0.97:
            peer = outside()
            for user in rng.sample(USERS, rng.randint(5, 10)):
                add(rng.randint(2, 40), "auth", user, peer, rng.choice([443, 3389]), "failure", 0, "spraying")
        elif draw < 0.98:
            peer = inside()
            for port in rng.sample(range(20, 10_000), rng.randint(8, 18)):
                add(rng.randint(0, 2), "flow", "", peer, port, rng.choice(["reset", "reset", "closed"]), rng.randint(40, 120), "scan")
        elif draw < 0.99:
            add(rng.randint(300, 4000), "auth", rng.choice(USERS), inside(), 445, "success", 0, "lateral_movement")
            for _ in range(rng.randint(3, 7)):
                add(rng.randint(3, 60), "flow", "", inside(), rng.choice([445, 5985, 135, 3389]), "closed", int(rng.lognormvariate(9, 1)), "lateral_movement")
        else:
            time = (time // 86_400 + 1) * 86_400 + rng.randint(0, 4) * 3600
            peer = outside()
            for _ in range(rng.randint(2, 6)):
                add(rng.randint(20, 400), "flow", "", peer, rng.choice([443, 22, 8443]), "closed", int(rng.lognormvariate(18, 0.7)), "exfiltration")
    return rows


def write(part, count):
    with open(f"{folder}/{part}.csv", "w") as file:
        file.write("time,host,kind,user,peer,port,result,bytes,label\n")
        for number in range(count):
            for row in host(number, part):
                file.write(",".join(map(str, row)) + "\n")


write("train", 90 * size)
write("dev", 15 * size)
write("test", 25 * size)
