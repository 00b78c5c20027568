package yubin.smtp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// What MAIL and RCPT carry behind their path. RFC 5321 §4.1.2 (esmtp-param).
sealed interface Parameters permits MailParameters, RcptParameters, Parameters.Bad {
    /// The first parameter that is not good; `at` counts octets of the line from 0.
    record Bad(SmtpCommand.Problem problem, int at) implements Parameters {}

    /// No command has more extensions than this.
    int COUNT_MAX = 16;

    /// One parameter as written: `value` is null without a `=`.
    record Parameter(String value, int at) {}

    /// `esmtp-param = esmtp-keyword ["=" esmtp-value]`, keywords in upper case. Null, with the
    /// reason in `bad`, when one is given twice or cannot be read.
    static Map<String, Parameter> split(String line, int from, Bad[] bad) {
        Map<String, Parameter> found = new LinkedHashMap<>();
        int at = from;
        while (true) {
            while (at < line.length() && line.charAt(at) == ' ') at++;
            if (at == line.length()) return found;
            int start = at;
            while (at < line.length() && line.charAt(at) != ' ') at++;
            String word = line.substring(start, at);
            int equals = word.indexOf('=');
            String keyword = equals < 0 ? word : word.substring(0, equals);
            if (!isKeyword(keyword) || equals == word.length() - 1) {
                bad[0] = new Bad(SmtpCommand.Problem.PARAMETER_VALUE, start);
                return null;
            }
            Parameter value = new Parameter(equals < 0 ? null : word.substring(equals + 1), start);
            if (found.putIfAbsent(keyword.toUpperCase(Locale.ROOT), value) != null
                    || found.size() > COUNT_MAX) {
                bad[0] = new Bad(SmtpCommand.Problem.PARAMETER_TWICE, start);
                return null;
            }
        }
    }

    /// `esmtp-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")`
    private static boolean isKeyword(String word) {
        if (word.isEmpty() || word.charAt(0) == '-') return false;
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            boolean good =
                    c >= 'a' && c <= 'z'
                            || c >= 'A' && c <= 'Z'
                            || c >= '0' && c <= '9'
                            || c == '-';
            if (!good) return false;
        }
        return true;
    }

    /// `xtext = *( xchar / hexchar )`, decoded; null when it is none. RFC 3461 §4.
    static String xtext(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '+') {
                if (i + 2 >= text.length()) return null;
                int high = hex(text.charAt(i + 1));
                int low = hex(text.charAt(i + 2));
                if (high < 0 || low < 0) return null;
                out.write(high << 4 | low);
                i += 2;
            } else if (c > ' ' && c < 127 && c != '=') {
                out.write(c);
            } else {
                return null;
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(out.toByteArray()))
                    .toString();
        } catch (CharacterCodingException _) {
            return null;
        }
    }

    /// Upper case only, as RFC 3461 §4 has it.
    private static int hex(char c) {
        if (c >= '0' && c <= '9') return c - '0';
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    }

    /// `utf-8-addr-xtext` and `utf-8-addr-unitext`: characters as `\x{3042}` or as they are.
    /// RFC 6533 §3. Null when it is neither.
    static String utf8Address(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                if (c <= ' ' || c == 127 || c == '+' || c == '=') return null;
                out.append(c);
                continue;
            }
            int end = text.indexOf('}', i);
            if (!text.startsWith("x{", i + 1) || end < i + 5 || end > i + 9) return null;
            int point = 0;
            for (int k = i + 3; k < end; k++) {
                int digit = hex(text.charAt(k));
                if (digit < 0) return null;
                point = point << 4 | digit;
            }
            if (!Character.isValidCodePoint(point) || point < ' ' || point == 127) return null;
            out.appendCodePoint(point);
            i = end;
        }
        return out.toString();
    }

    /// True when a control character is in it: none may get into a header field of a bounce.
    static boolean hasControls(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) return true;
        }
        return false;
    }
}
