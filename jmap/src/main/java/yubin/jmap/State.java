package yubin.jmap;

/// The state of all types of an account: the modseq of its newest commit. RFC 8620 §5.1.
///
/// An intermediate state, which only `/changes` gives, may lie within a commit: it then counts how
/// many ids of that commit's type were told already.
///
/// @param modSeq of the last commit that is known whole
/// @param told ids that are known of the commit after it
record State(long modSeq, int told) {
    static String of(long modSeq) {
        return Long.toString(modSeq);
    }

    /// Null for what no state can be.
    static State parse(String text) {
        int dash = text.indexOf('-');
        String first = dash < 0 ? text : text.substring(0, dash);
        long modSeq = Ids.number('x', "x" + first);
        if (modSeq == 0 && !first.equals("0")) return null;
        if (dash < 0) return new State(modSeq, 0);
        long told = Ids.number('x', "x" + text.substring(dash + 1));
        return told == 0 || told > Integer.MAX_VALUE ? null : new State(modSeq, (int) told);
    }

    @Override
    public String toString() {
        return told == 0 ? of(modSeq) : modSeq + "-" + told;
    }
}
