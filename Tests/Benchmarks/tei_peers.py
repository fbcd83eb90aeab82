"""What other libraries do with the same files: one task a process, so that time and memory are its own.
Usage: tei_peers.py iterparse|dom FILE…  reads tokens with lemma, msd and names, prints their number
       tei_peers.py noop-lxml|noop-standoffconverter FILE…  prints how many come back to the byte"""
import sys

task, files = sys.argv[1], sys.argv[2:]
TEI = "{http://www.tei-c.org/ns/1.0}"


def iterparse(path):
    from lxml import etree
    tokens, names, rows = 0, 0, []
    for _, element in etree.iterparse(path, events=("end",), tag=(TEI + "w", TEI + "pc", TEI + "name"),
                                      huge_tree=True, collect_ids=False):
        if element.tag == TEI + "name":
            names += 1
        else:
            tokens += 1
            rows.append((element.text, element.get("lemma"), element.get("msd"),
                         element.get("{http://www.w3.org/XML/1998/namespace}id")))
            if len(rows) > 1000:
                rows.clear()
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return tokens, names


def dom(path):
    from lxml import etree
    tree = etree.parse(path, etree.XMLParser(huge_tree=True))
    tokens = sum(1 for _ in tree.iter(TEI + "w", TEI + "pc"))
    return tokens, sum(1 for _ in tree.iter(TEI + "name"))


def noop_lxml(path):
    from lxml import etree
    original = open(path, "rb").read()
    tree = etree.ElementTree(etree.fromstring(original, etree.XMLParser(huge_tree=True)))
    return etree.tostring(tree, xml_declaration=original.startswith(b"<?xml"),
                          encoding=tree.docinfo.encoding or "utf-8") == original


def noop_standoffconverter(path):
    from lxml import etree
    from standoffconverter import Standoff
    original = open(path, "rb").read()
    tree = etree.fromstring(original)
    standoff = Standoff(tree, {"tei": "http://www.tei-c.org/ns/1.0"})
    return etree.tostring(standoff.tree, encoding="utf-8") == original


if task in ("iterparse", "dom"):
    for path in files:
        print(*{"iterparse": iterparse, "dom": dom}[task](path))
else:
    same = failed = 0
    for path in files:
        try:
            same += {"noop-lxml": noop_lxml, "noop-standoffconverter": noop_standoffconverter}[task](path)
        except Exception:
            failed += 1
    print(f"{same} of {len(files)} identical, {failed} failed")
