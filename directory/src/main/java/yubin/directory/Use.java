package yubin.directory;

import java.util.EnumSet;
import java.util.Set;

/// What a credential may be used for: its scope is a set of these. The bit is what is stored.
public enum Use {
    SUBMISSION(1),
    IMAP(2),
    POP3(4),
    JMAP(8),
    SIEVE(16),
    ADMIN(32);

    /// A password that a person types: everything.
    public static final Set<Use> ALL = Set.copyOf(EnumSet.allOf(Use.class));

    private final int bit;

    Use(int bit) {
        this.bit = bit;
    }

    static int bits(Set<Use> scope) {
        int bits = 0;
        for (Use use : scope) bits |= use.bit;
        return bits;
    }

    static Set<Use> of(int bits) {
        EnumSet<Use> scope = EnumSet.noneOf(Use.class);
        for (Use use : values()) if ((bits & use.bit) != 0) scope.add(use);
        return Set.copyOf(scope);
    }
}
