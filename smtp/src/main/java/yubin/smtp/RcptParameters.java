package yubin.smtp;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import yubin.mail.Recipient.Notify;

/// The parameters of RCPT.
///
/// @param notices RFC 3461 §4.1; empty when not said
/// @param originalRecipient `rfc822;ann@example.com`, decoded, RFC 3461 §4.2; null when not said
record RcptParameters(Set<Notify> notices, String originalRecipient) implements Parameters {
    static final RcptParameters NONE = new RcptParameters(Set.of(), null);

    /// RFC 3461 §4.2.
    private static final int ORIGINAL_RECIPIENT_MAX = 500;

    static Parameters parse(String line, int from) {
        if (from == line.length()) return NONE;
        Bad[] bad = new Bad[1];
        Map<String, Parameter> given = Parameters.split(line, from, bad);
        if (given == null) return bad[0];
        Set<Notify> notices = Set.of();
        String originalRecipient = null;
        for (var entry : given.entrySet()) {
            String value = entry.getValue().value();
            boolean good;
            switch (entry.getKey()) {
                case "NOTIFY" -> {
                    notices = value == null ? null : notices(value);
                    good = notices != null;
                }
                case "ORCPT" -> {
                    originalRecipient = value == null ? null : originalRecipient(value);
                    good = originalRecipient != null;
                }
                default -> {
                    return new Bad(SmtpCommand.Problem.PARAMETER_UNKNOWN, entry.getValue().at());
                }
            }
            if (!good) return new Bad(SmtpCommand.Problem.PARAMETER_VALUE, entry.getValue().at());
        }
        return new RcptParameters(notices, originalRecipient);
    }

    /// `notify-esmtp-value = "NEVER" / 1#notify-list-element`; null when it is none.
    private static Set<Notify> notices(String value) {
        Set<Notify> notices = EnumSet.noneOf(Notify.class);
        for (String word : value.split(",", 4)) {
            switch (word.toUpperCase(Locale.ROOT)) {
                case "NEVER" -> notices.add(Notify.NEVER);
                case "SUCCESS" -> notices.add(Notify.SUCCESS);
                case "FAILURE" -> notices.add(Notify.FAILURE);
                case "DELAY" -> notices.add(Notify.DELAY);
                default -> {
                    return null;
                }
            }
        }
        return notices.contains(Notify.NEVER) && notices.size() > 1 ? null : notices;
    }

    /// `original-recipient-address = addr-type ";" xtext`; null when it is none.
    private static String originalRecipient(String value) {
        int semicolon = value.indexOf(';');
        if (semicolon < 1 || value.length() > ORIGINAL_RECIPIENT_MAX) return null;
        String type = value.substring(0, semicolon);
        for (int i = 0; i < type.length(); i++) {
            char c = type.charAt(i);
            if (!(Character.isLetterOrDigit(c) && c < 128 || c == '-')) return null;
        }
        String text = value.substring(semicolon + 1);
        String address =
                type.equalsIgnoreCase("utf-8")
                        ? Parameters.utf8Address(text)
                        : Parameters.xtext(text);
        if (address == null || address.isEmpty() || Parameters.hasControls(address)) return null;
        return type + ";" + address;
    }
}
