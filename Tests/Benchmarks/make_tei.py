"""Writes a large teiCorpus from one annotated session: its TEI element N times, with identifiers that
differ. Usage: make_tei.py SESSION.xml OUT.xml [COPIES] [--links]; without --links, the dependency
links are left out."""
import re
import sys

links = "--links" in sys.argv
arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
session, out = arguments[:2]
copies = int(arguments[2]) if len(arguments) > 2 else 60
text = open(session, encoding="utf-8").read()
start = text.index("<TEI")
document = text[start:]
if not links:
    document = re.sub(r"\s*<linkGrp.*?</linkGrp>", "", document, flags=re.S)
namespace = re.search(r'xmlns="([^"]+)"', document).group(1)
with open(out, "w", encoding="utf-8") as file:
    file.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<teiCorpus xmlns="{namespace}">\n')
    for copy in range(copies):
        file.write(re.sub(r'(xml:id="|"#)', rf'\g<1>c{copy}.', document))
    file.write("</teiCorpus>\n")
