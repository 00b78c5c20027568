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

    @Override
    public String toString() {
        return name + " " + Type.name(type);
    }
}
