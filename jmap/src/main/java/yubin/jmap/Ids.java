package yubin.jmap;

import yubin.mail.AccountId;

/// Ids as clients see them: a letter that tells the type, then the number in the store.
/// RFC 8620 §1.2.
///
/// `a` account, `m` Mailbox, `e` Email, `t` Thread, `i` Identity, `s` EmailSubmission, `p`
/// PushSubscription; blobs have their own forms, see [BlobId].
final class Ids {
    private Ids() {}

    static String account(AccountId account) {
        return "a" + account.value();
    }

    static String of(char type, long number) {
        return type + Long.toString(number);
    }

    /// The number of an id of this type, 1 and up; 0 for anything else, which no object has.
    static long number(char type, String id) {
        if (id == null || id.length() < 2 || id.length() > 19 || id.charAt(0) != type) return 0;
        long number = 0;
        for (int i = 1; i < id.length(); i++) {
            int digit = id.charAt(i) - '0';
            if (digit < 0 || digit > 9 || digit == 0 && number == 0) return 0;
            number = number * 10 + digit;
        }
        return number;
    }

    /// Whether this could be an id at all. RFC 8620 §1.2.
    static boolean isId(String text) {
        if (text.isEmpty() || text.length() > 255) return false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean good =
                    c >= 'a' && c <= 'z'
                            || c >= 'A' && c <= 'Z'
                            || c >= '0' && c <= '9'
                            || c == '-'
                            || c == '_';
            if (!good) return false;
        }
        return true;
    }
}
