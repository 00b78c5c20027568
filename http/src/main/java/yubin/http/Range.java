package yubin.http;

/// Which octets of something are sent: all, or one range of them (RFC 9110).
///
/// @param status 200, 206, or 416 when nothing of it is there
record Range(int status, long start, long length) {
    private static final int DIGITS_MAX = 18;

    static Range whole(long size) {
        return new Range(200, 0, size);
    }

    /// Several ranges, another unit and what cannot be read are answered with everything.
    ///
    /// @param field the value of Range; null where there is none
    static Range of(String field, long size) {
        if (field == null || !field.startsWith("bytes=")) return whole(size);
        String spec = field.substring(6).strip();
        int dash = spec.indexOf('-');
        if (dash < 0) return whole(size);
        long first = number(spec.substring(0, dash));
        long last = number(spec.substring(dash + 1));
        boolean hasFirst = dash > 0;
        boolean hasLast = dash < spec.length() - 1;
        if (hasFirst && first < 0 || hasLast && last < 0 || !hasFirst && !hasLast) {
            return whole(size);
        }
        if (!hasFirst) {
            if (last == 0 || size == 0) return new Range(416, 0, 0);
            long length = Math.min(last, size);
            return new Range(206, size - length, length);
        }
        if (hasLast && last < first) return whole(size);
        if (first >= size) return new Range(416, 0, 0);
        long end = hasLast ? Math.min(last, size - 1) : size - 1;
        return new Range(206, first, end - first + 1);
    }

    /// -1 for what is no number.
    private static long number(String text) {
        if (text.isEmpty() || text.length() > DIGITS_MAX) return -1;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') return -1;
        }
        return Long.parseLong(text);
    }
}
