# Reads rfc-sections.txt first, then any files; prints every `RFC NNNN §x.y` whose section does not exist.
# `RFC 3461 §4.1, §4.2` cites two sections.
FNR == NR {
    number = $1
    sub(":", "", number)
    for (i = 2; i <= NF; i++) known[number, $i]
    texts[number]
    next
}
{
    rest = $0
    while (match(rest, /RFC [0-9]+ §[0-9A-Z][0-9A-Za-z.]*([, ]+(and )?§[0-9A-Z][0-9A-Za-z.]*)*/)) {
        cited = substr(rest, RSTART, RLENGTH)
        rest = substr(rest, RSTART + RLENGTH)
        split(cited, word, " ")
        number = word[2]
        while (match(cited, /§[0-9A-Z][0-9A-Za-z.]*/)) {
            section = substr(cited, RSTART, RLENGTH)
            cited = substr(cited, RSTART + RLENGTH)
            sub("§", "", section)
            sub(/\.$/, "", section)
            seen++
            if (!(number in texts)) report("no section list of RFC " number " in docs/rfc-sections.txt")
            else if (!((number, section) in known)) report("RFC " number " has no section " section)
        }
    }
}
function report(what) {
    print FILENAME ":" FNR ": " what
    bad++
}
END {
    print seen + 0 " citations, " bad + 0 " of sections that do not exist"
    exit bad > 0
}
