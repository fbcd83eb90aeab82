"""Log lines of many systems, with the type of each token: python3 logs.py FOLDER SEED SIZE.

A line is made of a header and a message; a message is text with places for values. Tokens are cut by
the expression of TaskPacks/logs/pack.json5, so that what is learnt is what is read. Training has eight
systems written by hand and many made up, each with a header of fields in an order and a notation of its
own and messages of made-up words: a model that sees the same few headers again and again learns them, and
nothing of headers. Two systems written by hand (a router and a container platform) stand in the test file
alone: neither their headers nor their messages occur in training.
"""
import random
import re
import sys

folder, seed, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rng = random.Random(seed)

TOKENS = re.compile(
    r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|0x[0-9a-fA-F]+"
    r"|[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
    r"|(?:/[A-Za-z0-9_.%+~-]+)+/?"
    r"|[0-9]+(?:[.:,][0-9]+)*(?![A-Za-z0-9_])"
    r"|[A-Za-z0-9_]+(?:[-.][A-Za-z0-9_]+)*"
    r"|[^\s]"
)

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
SYLLABLES = "ka lo mi ren tu sha ver do pel nor ix an be co dra el fin gor hu ist jo".split()


def word(low=2, high=3):
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(low, high)))


def digits(count):
    return "".join(rng.choice("0123456789") for _ in range(count))


def hexadecimal(count):
    return "".join(rng.choice("0123456789abcdef") for _ in range(count))


def number():
    return str(rng.choice([rng.randint(0, 9), rng.randint(10, 999), rng.randint(1000, 10**7)]))


def moment():
    return (rng.randint(2019, 2026), rng.randint(1, 12), rng.randint(1, 28), rng.randint(0, 23),
            rng.randint(0, 59), rng.randint(0, 59))


def path():
    parts = [rng.choice(["var", "etc", "opt", "home", "usr", "srv", "data", word()])]
    parts += [word() for _ in range(rng.randint(0, 3))]
    parts.append(word() + rng.choice(["", ".log", ".conf", ".so.2", ".py", ".json", "." + digits(2)]))
    return "/" + "/".join(parts)


def ident():
    return rng.choice([
        lambda: hexadecimal(rng.choice([8, 12, 16])),
        lambda: "-".join([hexadecimal(8), hexadecimal(4), hexadecimal(4), hexadecimal(4), hexadecimal(12)]),
        lambda: rng.choice(["blk_", "job_", "task_", "req-", "attempt_", "vol-", "txn"]) + digits(rng.randint(4, 14)),
        lambda: "0x" + hexadecimal(rng.choice([4, 8, 16])),
    ])()


VALUES = {
    "IP": lambda: ".".join(str(rng.randint(1, 254)) for _ in range(4)),
    "PORT": lambda: str(rng.choice([22, 80, 443, 8080, rng.randint(1024, 65535)])),
    "PATH": path,
    "NUM": number,
    "ID": ident,
    "USER": lambda: rng.choice([word(), word() + digits(2), "root", "admin", word(1, 1) + "_" + word()]),
    "HOST": lambda: rng.choice([word() + "-" + digits(2), word() + digits(1) + "." + word() + ".net",
                                "node-" + digits(3), word()]),
    "SIZE": lambda: rng.choice([str(rng.randint(1, 999)) + rng.choice(["MB", "KB", "GB", "kB"]),
                                str(rng.randint(1, 99)) + "." + digits(1) + rng.choice(["MB", "GiB", "K"])]),
    "DURATION": lambda: rng.choice([str(rng.randint(1, 5000)) + rng.choice(["ms", "s", "us"]),
                                    str(rng.randint(0, 9)) + "." + digits(3) + "s"]),
    "CODE": lambda: str(rng.choice([200, 201, 204, 301, 400, 403, 404, 500, 502, 503])),
    "PID": lambda: str(rng.randint(2, 64000)),
}


def syslog(process):
    _, month, day, hour, minute, second = moment()
    return [(f"{MONTHS[month - 1]} {day:2d} {hour:02d}:{minute:02d}:{second:02d}", "TIME"), " ",
            (VALUES["HOST"](), "HOST"), " ", (process, "COMPONENT"), "[", (VALUES["PID"](), "PID"), "]: "]


def iso(separator=" ", fraction=","):
    year, month, day, hour, minute, second = moment()
    return (f"{year}-{month:02d}-{day:02d}{separator}{hour:02d}:{minute:02d}:{second:02d}"
            + (fraction + digits(3) if fraction else ""), "TIME")


def level():
    return (rng.choice(["INFO"] * 5 + ["WARN", "WARN", "ERROR", "DEBUG", "FATAL"]), "LEVEL")


def klass():
    return ".".join(["org", word(), word()] + [word(1, 2).capitalize() + word().capitalize()])


# A system: its header, and its messages with {TYPE} for values.
SYSTEMS = {
    "sshd": (lambda: syslog("sshd"), [
        "Accepted password for {USER} from {IP} port {PORT} ssh2",
        "Accepted publickey for {USER} from {IP} port {PORT} ssh2: RSA SHA256:{ID}",
        "Failed password for invalid user {USER} from {IP} port {PORT} ssh2",
        "Failed password for {USER} from {IP} port {PORT} ssh2",
        "Received disconnect from {IP}: 11: Bye Bye [preauth]",
        "pam_unix(sshd:session): session opened for user {USER} by (uid={NUM})",
        "Connection closed by {IP} [preauth]",
        "reverse mapping checking getaddrinfo for {HOST} [{IP}] failed - POSSIBLE BREAK-IN ATTEMPT!",
        "error: maximum authentication attempts exceeded for {USER} from {IP} port {PORT} ssh2 [preauth]",
    ]),
    "kernel": (lambda: syslog("kernel"), [
        "[{NUM}.{NUM}] EXT4-fs (sda{NUM}): mounted filesystem with ordered data mode",
        "Out of memory: Kill process {PID} ({USER}) score {NUM} or sacrifice child",
        "usb {NUM}-{NUM}: new high-speed USB device number {NUM} using ehci_hcd",
        "CPU{NUM}: Core temperature above threshold, cpu clock throttled (total events = {NUM})",
        "eth0: link up, {NUM} Mbps, full-duplex, lpa {ID}",
        "segfault at {ID} ip {ID} sp {ID} error {NUM} in {PATH}",
        "TCP: request_sock_TCP: Possible SYN flooding on port {PORT}. Sending cookies.",
    ]),
    "hdfs": (lambda: [(digits(6) + " " + digits(6), "TIME"), " ", (VALUES["PID"](), "PID"), " ", level(), " ",
                      ("dfs." + rng.choice(["DataNode$PacketResponder", "FSNamesystem", "DataNode$DataXceiver"]), "COMPONENT"), ": "], [
        "Receiving block {ID} src: {PATH}:{PORT} dest: {PATH}:{PORT}",
        "PacketResponder {NUM} for block {ID} terminating",
        "Received block {ID} of size {NUM} from {IP}",
        "BLOCK* NameSystem.addStoredBlock: blockMap updated: {IP}:{PORT} is added to {ID} size {NUM}",
        "Deleting block {ID} file {PATH}",
        "Verification succeeded for {ID}",
        "{IP}:{PORT} Served block {ID} to {IP}",
    ]),
    "java": (lambda: [iso(), " ", level(), " [", ("main-" + digits(1), "COMPONENT"), "] ", (klass(), "COMPONENT"), ": "], [
        "Started application in {DURATION} (JVM running for {DURATION})",
        "Connection to {HOST}:{PORT} refused after {NUM} attempts",
        "User {USER} logged in from {IP}",
        "Processing request id={ID} user={USER} took {DURATION}",
        "Cache miss for key {ID}, loading from {PATH}",
        "Heap usage is {SIZE} of {SIZE}",
        "Retrying in {DURATION}, attempt {NUM} of {NUM}",
        "Could not read configuration {PATH}: line {NUM}, column {NUM}",
        "Thread pool exhausted: active={NUM} queued={NUM} completed={NUM}",
    ]),
    "nginx": (lambda: [(VALUES["IP"](), "IP"), " - ", (rng.choice(["-", VALUES["USER"]()]), "USER"), " [",
                       ("{:02d}/{}/{}:{:02d}:{:02d}:{:02d} +0000".format(
                           rng.randint(1, 28), rng.choice(MONTHS), rng.randint(2019, 2026), rng.randint(0, 23),
                           rng.randint(0, 59), rng.randint(0, 59)), "TIME"), "] "], [
        "\"GET {PATH} HTTP/1.1\" {CODE} {NUM} \"-\" \"curl/7.68\"",
        "\"POST {PATH} HTTP/1.1\" {CODE} {NUM} \"https://{HOST}{PATH}\" \"Mozilla\"",
        "\"DELETE {PATH} HTTP/2.0\" {CODE} {NUM} \"-\" \"-\"",
        "\"HEAD {PATH} HTTP/1.1\" {CODE} {NUM} \"-\" \"kube-probe\"",
    ]),
    "postgres": (lambda: [iso(fraction="."), " UTC [", (VALUES["PID"](), "PID"), "] ",
                          (rng.choice(["LOG", "ERROR", "FATAL", "WARNING", "STATEMENT"]), "LEVEL"), ":  "], [
        "connection received: host={IP} port={PORT}",
        "connection authorized: user={USER} database={USER} application_name=psql",
        "duration: {NUM}.{NUM} ms  statement: SELECT count(*) FROM orders",
        "checkpoint complete: wrote {NUM} buffers ({NUM}.{NUM}%); sync={NUM}.{NUM} s",
        "password authentication failed for user \"{USER}\"",
        "could not open file \"{PATH}\": No such file or directory",
        "automatic vacuum of table: index scans: {NUM}, pages: {NUM} removed, {NUM} remain",
        "terminating connection due to idle timeout after {DURATION}",
    ]),
    "systemd": (lambda: syslog("systemd"), [
        "Started Session {NUM} of user {USER}.",
        "Unit {HOST} entered failed state.",
        "Mounting {PATH}...",
        "Reached target Network is Online after {DURATION}.",
        "Process {PID} ({USER}) of user {NUM} dumped core.",
        "Slice memory limit {SIZE} reached, killing {PID}",
    ]),
    "spark": (lambda: [("{:02d}/{:02d}/{:02d} {:02d}:{:02d}:{:02d}".format(
        rng.randint(17, 26), rng.randint(1, 12), rng.randint(1, 28), rng.randint(0, 23), rng.randint(0, 59),
        rng.randint(0, 59)), "TIME"), " ", level(), " ",
        (rng.choice(["executor.Executor", "storage.BlockManager", "scheduler.TaskSetManager"]), "COMPONENT"), ": "], [
        "Running task {NUM}.{NUM} in stage {NUM}.{NUM} (TID {NUM})",
        "Finished task {NUM}.{NUM} in stage {NUM}.{NUM} (TID {NUM}). {NUM} bytes result sent to driver",
        "Block {ID} stored as values in memory (estimated size {SIZE}, free {SIZE})",
        "Lost executor {NUM} on {HOST}: worker lost",
        "Starting task (host {IP}, partition {NUM}, {NUM} bytes)",
        "Reading {PATH} from offset {NUM}",
    ]),
}
UNSEEN = {
    "router": (lambda: ["<", (str(rng.randint(1, 190)), "NUM"), ">", (str(rng.randint(1, 99999)), "NUM"), ": ",
                        (f"{rng.choice(DAYS)} {rng.choice(MONTHS)} {rng.randint(1, 28)} {rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}:{rng.randint(0, 59):02d}.{digits(3)}", "TIME"),
                        ": "], [
        "interface GigabitEthernet{NUM}/{NUM} changed state to down",
        "denied tcp {IP}({PORT}) -> {IP}({PORT}), {NUM} packets",
        "neighbor {IP} went from FULL to DOWN, dead timer expired",
        "login failed [user: {USER}] [source: {IP}] [localport: {PORT}]",
        "fan tray {NUM} speed {NUM} rpm below limit",
        "configured from console by {USER} on vty{NUM} ({IP})",
        "flash usage {SIZE}, image {PATH} verified in {DURATION}",
    ]),
    "platform": (lambda: [iso("T", "."), "Z ", (rng.choice(["info", "warning", "error"]), "LEVEL"), " ",
                          ("kubelet", "COMPONENT"), " "], [
        "msg=\"pulled image\" pod={HOST} uid={ID} elapsed={DURATION}",
        "msg=\"probe failed\" pod={HOST} addr={IP}:{PORT} status={CODE} failures={NUM}",
        "msg=\"volume attached\" volume={ID} mount={PATH} capacity={SIZE}",
        "msg=\"container restarted\" container={ID} exit={NUM} restarts={NUM}",
        "msg=\"evicting pod\" pod={HOST} memory={SIZE} limit={SIZE}",
        "msg=\"token issued\" subject={USER} ttl={DURATION} request={ID}",
    ]),
}




# What a system may call its fields, in messages of names and values.
NAMES = {
    "IP": ["ip", "addr", "address", "client", "remote", "src", "dst", "peer", "host_ip", "from", "source", "server"],
    "PORT": ["port", "sport", "dport", "listen", "local_port"], "PATH": ["path", "file", "dir", "filename", "uri", "mount", "config"],
    "NUM": ["count", "total", "n", "attempt", "retries", "queued", "active", "line", "errors", "exit", "seq", "level", "items", "failures"],
    "ID": ["id", "uid", "uuid", "trace", "session", "request", "req", "key", "container", "block", "volume", "txid"],
    "USER": ["user", "username", "login", "account", "owner", "subject", "by"],
    "HOST": ["host", "hostname", "node", "pod", "worker", "target", "server", "member"],
    "SIZE": ["size", "memory", "limit", "used", "free", "capacity", "bytes", "heap"],
    "DURATION": ["duration", "took", "elapsed", "latency", "ttl", "time", "wait", "after"],
    "CODE": ["status", "code", "response", "http_status"], "PID": ["pid", "proc", "process"],
}
PROSE = {
    "IP": ["from {}", "to {}", "at {}", "address {}", "({})", "[{}]", "peer {}"], "PORT": ["port {}", "on port {}"],
    "PATH": ["file {}", "in {}", "{}", "to {}", "opening {}"], "NUM": ["{} times", "number {}", "{} packets", "({})", "of {}", "{} entries", "slot {}", "#{}"],
    "ID": ["id {}", "{}", "session {}", "({})", "for {}", "object {}"], "USER": ["user {}", "for user {}", "by {}", "for {}", "'{}'"],
    "HOST": ["on {}", "host {}", "node {}", "from {}", "{}"], "SIZE": ["size {}", "using {}", "{} of memory", "{}"],
    "DURATION": ["in {}", "after {}", "took {}", "for {}"], "CODE": ["status {}", "with code {}", "returned {}"], "PID": ["pid {}", "process {}"],
}
WORDS = """accepted closed started stopped failed connection request response cache lock lease queue worker thread task job
  cluster shard index table record entry snapshot backup policy rule session token cert link interface neighbor route
  update retry timeout limit quota probe image volume fan power temperature flow queue disk sector driver module unit
  service handler listener stream batch commit merge scan check error warning found missing invalid expired denied
  dropped changed state down up below above new old local remote is was has been not by the a with and while during""".split()


def clock():
    year, month, day, hour, minute, second = moment()
    name, weekday = MONTHS[month - 1], rng.choice(DAYS)
    fraction = rng.choice(["", "." + digits(3), "," + digits(3), "." + digits(6)])
    return [
        lambda: f"{name} {day:2d} {hour:02d}:{minute:02d}:{second:02d}",
        lambda: f"{year}-{month:02d}-{day:02d} {hour:02d}:{minute:02d}:{second:02d}{fraction}",
        lambda: f"{year}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}{fraction}",
        lambda: f"{year}/{month:02d}/{day:02d} {hour:02d}:{minute:02d}:{second:02d}",
        lambda: f"{day:02d}/{name}/{year}:{hour:02d}:{minute:02d}:{second:02d}",
        lambda: f"{weekday} {name} {day} {hour:02d}:{minute:02d}:{second:02d}",
        lambda: f"{weekday} {name} {day} {hour:02d}:{minute:02d}:{second:02d}{fraction}",
        lambda: f"{weekday}, {day} {name} {year} {hour:02d}:{minute:02d}:{second:02d}",
        lambda: f"{day:02d}.{month:02d}.{year} {hour:02d}:{minute:02d}:{second:02d}",
        lambda: f"{hour:02d}:{minute:02d}:{second:02d}{fraction}",
    ]


def made_system():
    """A header and messages in a notation of the system's own."""
    clock_number = rng.randrange(10)
    levels = rng.choice([["INFO", "WARN", "ERROR", "DEBUG"], ["info", "warning", "error", "debug"], ["Info", "Warning", "Error"],
                         ["I", "W", "E"], ["NOTICE", "CRITICAL", "INFO"], ["notice", "err", "crit", "info"]])
    component = [rng.choice([word, lambda: word() + "d", lambda: word().capitalize() + word().capitalize(), klass,
                             lambda: rng.choice(["kube", "net", "sys", "data"]) + rng.choice(["let", "mgr", "ctl", "d"])])() for _ in range(4)]
    fields = [("TIME", lambda: clock()[clock_number]()), ("LEVEL", lambda: rng.choice(levels)), ("COMPONENT", lambda: rng.choice(component)),
              ("HOST", VALUES["HOST"]), ("PID", VALUES["PID"]), ("NUM", number)]
    chosen = [fields[0]] + rng.sample(fields[1:], rng.randint(1, 4))
    if rng.random() < 0.5:
        rng.shuffle(chosen)
    brackets = [rng.choice([("", ""), ("", ""), ("[", "]"), ("<", ">"), ("", ":"), ("(", ")"), ("", " -"), ("", ",")]) for _ in chosen]
    end = rng.choice(["", "", ":", " -", " |", "]", " UTC", "Z"]) if rng.random() < 0.6 else ""

    def header():
        pieces = []
        for (kind, value), (before, after) in zip(chosen, brackets):
            pieces += [before, (value(), kind), after, " "]
        return pieces + ([end + " "] if end else [])

    named = rng.random() < 0.5
    equals = rng.choice(["=", "=", ": ", ":"])
    between = rng.choice([" ", ", ", "; ", " ", " | "])
    quoted = rng.random() < 0.4
    messages = []
    for _ in range(rng.randint(5, 9)):
        words = [rng.choice(WORDS) if rng.random() < 0.7 else word() for _ in range(rng.randint(1, 5))]
        kinds = [rng.choice(sorted(VALUES)) for _ in range(rng.randint(0, 4))]
        text = " ".join(words)
        if named:
            text = rng.choice([f'msg="{text}"', text, f"{text}:"]) if quoted else text
            for kind in kinds:
                value = "{" + kind + "}"
                text += between + rng.choice(NAMES[kind]) + equals + (f'"{value}"' if quoted and rng.random() < 0.3 else value)
        else:
            for kind in kinds:
                text += " " + rng.choice(PROSE[kind]).replace("{}", "{" + kind + "}")
                text += " " + " ".join(rng.choice(WORDS) for _ in range(rng.randint(0, 2)))
            if rng.random() < 0.3:
                text += " {IP}" + rng.choice([":{PORT}", "({PORT})", " port {PORT}", "/{PORT}"])
            if rng.random() < 0.15:
                text += " " + word() + rng.choice(["{NUM}/{NUM}", "{NUM}", " {NUM}.{NUM}"])
        messages.append(re.sub(" +", " ", text).strip())
    return header, messages


def line(system):
    header, messages = system
    pieces = list(header())
    message = rng.choice(messages)
    for part in re.split(r"(\{[A-Z]+\})", message):
        kind = part.strip("{}")
        pieces.append((VALUES[kind](), kind) if part.startswith("{") else part)
    text, spans = "", []
    for piece in pieces:
        if isinstance(piece, tuple):
            spans.append((len(text), len(text) + len(piece[0]), piece[1]))
            text += piece[0]
        else:
            text += piece
    return text, spans


def label(start, end, spans):
    """The type of the value that has most of the token."""
    best, shared = "O", 0
    for first, last, kind in spans:
        common = min(end, last) - max(start, first)
        if common > shared:
            best, shared = kind, common
    return best


def write(name, systems, count):
    with open(f"{folder}/{name}.tsv", "w") as columns, open(f"{folder}/{name}.log", "w") as raw:
        for _ in range(count):
            system = rng.choice(sorted(systems))
            text, spans = line(systems[system])
            raw.write(text + "\n")
            columns.write(f"# system = {system}\n")
            for match in TOKENS.finditer(text):
                columns.write(f"{match.group()}\t{label(match.start(), match.end(), spans)}\n")
            columns.write("\n")


MADE = {f"made-{number}": made_system() for number in range(1500)}
NEW = {f"new-{number}": made_system() for number in range(60)}
write("train", {**SYSTEMS, **MADE}, 4000 * size)
# Dev has made-up systems that training does not have.
write("dev", {**{name: SYSTEMS[name] for name in ["java", "sshd"]}, **NEW}, 300 * size)
write("test-seen", SYSTEMS, 200 * size)
write("test-unseen", UNSEEN, 300 * size)
