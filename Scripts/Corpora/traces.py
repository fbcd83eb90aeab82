"""Traces of a shop's services in OTLP/JSON, a trace a line: python3 traces.py FOLDER SEED SIZE.

A request goes from a gateway through services to data stores. In some traces one span fails for a reason
of its own (timeout, unavailable, overload, bad request, bug), and what called it fails because of it
(propagated) unless it has a fallback. The reason stands in the attribute seqkit.failure of each span.
"""
import json
import random
import sys

folder, seed, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rng = random.Random(seed)

CALLS = {
    "gateway": ["cart", "catalog", "account", "search"], "cart": ["pricing", "cart-db"],
    "catalog": ["catalog-db", "images"], "account": ["account-db", "mail"], "search": ["index"],
    "pricing": ["pricing-db", "tax"], "images": ["object-store"], "mail": ["queue"], "tax": [],
    "cart-db": [], "catalog-db": [], "account-db": [], "pricing-db": [], "index": [], "object-store": [],
    "queue": [],
}
OTHER = {
    "edge": ["booking", "profile", "offers"], "booking": ["seats", "booking-db"], "profile": ["profile-db", "avatar"],
    "offers": ["offers-cache"], "seats": ["seats-db", "lock"], "avatar": ["files"], "booking-db": [], "profile-db": [],
    "offers-cache": [], "seats-db": [], "lock": [], "files": [],
}
EXCEPTIONS = {
    "timeout": ["java.net.SocketTimeoutException", "DeadlineExceeded", "context deadline exceeded", "ReadTimeout"],
    "unavailable": ["java.net.ConnectException", "ConnectionRefusedError", "UnknownHostException", "ECONNREFUSED"],
    "overload": ["RejectedExecutionException", "TooManyRequests", "PoolExhaustedException", "ResourceExhausted"],
    "bad_request": ["ValidationError", "IllegalArgumentException", "InvalidInput", "JSONDecodeError"],
    "bug": ["NullPointerException", "IndexOutOfBoundsException", "KeyError", "TypeError"],
}
HTTP = {"timeout": [504, 500], "unavailable": [503, 502], "overload": [429, 503], "bad_request": [400, 422], "bug": [500]}


def attribute(key, value):
    return {"key": key, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}}


def trace(calls):
    spans = []
    root = next(iter(calls))

    def build(service, parent, start, depth):
        identity = f"{rng.getrandbits(64):016x}"
        span = {"id": identity, "parent": parent, "service": service, "start": start, "failure": "ok", "children": []}
        spans.append(span)
        time = start + rng.lognormvariate(0, 0.6)
        for callee in calls[service]:
            if rng.random() < 0.65:
                child = build(callee, identity, time, depth + 1)
                span["children"].append(child)
                time = child["end"] + rng.lognormvariate(-1, 0.5)
        span["end"] = time + rng.lognormvariate(1.2 if not calls[service] else 0, 0.7)
        return span

    top = build(root, "", rng.uniform(0, 1000), 0)
    if rng.random() < 0.55:
        broken = rng.choice(spans[1:]) if len(spans) > 1 else top
        broken["failure"] = rng.choice(list(EXCEPTIONS))
        if broken["failure"] == "timeout":
            extra = rng.choice([1000, 2000, 5000]) + rng.uniform(0, 20)
        else:
            extra = 0
        by_id = {span["id"]: span for span in spans}
        broken["end"] += extra
        span = broken
        while span["parent"]:
            span = by_id[span["parent"]]
            span["end"] += extra
            if span["failure"] == "ok" and rng.random() < 0.12:
                break
            span["failure"] = "propagated"
    return spans


def otlp(spans, labelled):
    number = f"{rng.getrandbits(128):032x}"
    services = {}
    for span in spans:
        failure = span["failure"]
        leaf = not span["children"] and span["service"].split("-")[-1] in ("db", "cache", "store")
        attributes = [attribute("db.system.name", "postgresql")] if leaf else []
        events = []
        if failure != "ok":
            if not leaf and rng.random() < 0.9:
                code = rng.choice(HTTP[failure]) if failure != "propagated" else rng.choice([500, 502, 503, 500])
                attributes.append(attribute("http.response.status_code", code))
            if failure != "propagated" and rng.random() < 0.9:
                events.append({"name": "exception", "attributes": [attribute("exception.type", rng.choice(EXCEPTIONS[failure]))]})
            elif failure == "propagated" and rng.random() < 0.3:
                events.append({"name": "exception", "attributes": [attribute("exception.type", "UpstreamError")]})
        elif not leaf:
            attributes.append(attribute("http.response.status_code", rng.choice([200, 200, 200, 204, 404])))
        if labelled:
            attributes.append(attribute("seqkit.failure", failure))
        base = 1_760_000_000_000_000_000
        services.setdefault(span["service"], []).append({
            "traceId": number, "spanId": span["id"], "parentSpanId": span["parent"],
            "name": f"{span['service']}.{'query' if leaf else 'handle'}", "kind": 3 if leaf else 2,
            "startTimeUnixNano": str(base + int(span["start"] * 1e6)), "endTimeUnixNano": str(base + int(span["end"] * 1e6)),
            "attributes": attributes, "status": {"code": 2} if failure != "ok" else {}, "events": events})
    return {"resourceSpans": [
        {"resource": {"attributes": [attribute("service.name", service)]}, "scopeSpans": [{"spans": found}]}
        for service, found in services.items()]}


def write(name, calls, count):
    with open(f"{folder}/{name}.json", "w") as file:
        for _ in range(count):
            file.write(json.dumps(otlp(trace(calls), True), separators=(",", ":")) + "\n")


write("train", CALLS, 400 * size)
write("dev", CALLS, 40 * size)
write("test", OTHER, 60 * size)
