#!/usr/bin/env python3
"""Checks the links of Markdown files: every file and every heading that one points to must exist.

usage: check-links.py FILE.md ...; links to other places on the network are not followed.
"""
import pathlib
import re
import sys

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.M | re.S)
CODE = re.compile(r"`[^`\n]*`")


def anchors(path):
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    titles = re.findall(r"^#+ +(.*?) *#*$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


bad = seen = 0
for name in sys.argv[1:]:
    page = pathlib.Path(name)
    for target in LINK.findall(CODE.sub("", FENCE.sub("", page.read_text(encoding="utf-8")))):
        if re.match(r"[a-z]+:", target):
            continue
        seen += 1
        file, _, anchor = target.partition("#")
        aim = page if not file else page.parent / file
        if not aim.exists() or (anchor and aim.suffix == ".md" and anchor not in anchors(aim)):
            print(f"{name}: {target} leads nowhere")
            bad += 1
print(f"{seen} links, {bad} broken")
sys.exit(bad > 0)
