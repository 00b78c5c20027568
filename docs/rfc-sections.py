#!/usr/bin/env python3
"""Prints the section numbers of RFC texts: one line an RFC, `5321: 1 1.1 1.2 ... A B`.

usage: rfc-sections.py FOLDER > rfc-sections.txt, where FOLDER holds rfcNNNN.txt as the RFC Editor publishes them.
A section is a heading at the start of a line, or a line of the table of contents.
"""
import pathlib
import re
import sys

HEADING = re.compile(r"^(?:Appendix +|APPENDIX +)?([A-Z]|\d{1,2})((?:\.\d{1,3})*)\.?:? +\S")
CONTENTS = re.compile(r"^ +(?:Appendix +)?([A-Z]|\d{1,2})((?:\.\d{1,3})*)\.? +\S.*[. ]{3,}\d+$")


def key(section):
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in section.split(".")]


def sections(text):
    found = set()
    for line in text.splitlines():
        match = HEADING.match(line) or CONTENTS.match(line)
        if match and not (match[1].isalpha() and not match[2] and not re.match(r"(?i) *appendix|^[A-Z]\. ", line)):
            found.add(match[1] + match[2])
    return sorted(found, key=lambda s: (not s[0].isdigit(), key(s)))


for path in sorted(pathlib.Path(sys.argv[1]).glob("rfc*.txt"), key=lambda p: int(p.stem[3:])):
    print(path.stem[3:] + ":", *sections(path.read_text(encoding="utf-8", errors="replace")))
