package yubin.dns;

/// What is asked: name, type and class. RFC 1035 §4.1.2.
record Question(Name name, int type, int rrclass) {
    static final int IN = 1;
    static final int CH = 3;
    static final int NONE = 254;
    static final int ANY = 255;

    Question(Name name, int type) {
        this(name, type, IN);
    }

    /// Written out, since those made for a record are slow until they are compiled well.
    @Override
    public boolean equals(Object other) {
        return other instanceof Question question
                && question.type == type
                && question.rrclass == rrclass
                && question.name.equals(name);
    }

    @Override
    public int hashCode() {
        return (name.hashCode() * 31 + type) * 31 + rrclass;
    }

    @Override
    public String toString() {
        return name + " " + Type.name(type);
    }
}
