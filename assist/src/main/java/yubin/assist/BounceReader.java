package yubin.assist;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import yubin.mime.EncodedWords;

/// Reads any message and says whether it is an error mail, for whom and why.
///
/// First the parts of RFC 3464; where there are none, the words. An automatic answer, a complaint
/// report and a read receipt are told apart from error mails before their words are looked at.
public final class BounceReader {
    /// In a report on more recipients than this the words before it are not asked.
    private static final int ABOUT_MAX = 20;

    private static final Pattern DAEMON =
            Pattern.compile(
                    "(?i).*(?:mailer-?daemon|post_?master|mail deliver|mail\\.delivery|system administrator|delivery subsystem|mmsc ndr|<>).*");
    private static final Pattern FAILED =
            Pattern.compile(
                    "(?is)(?:undeliver|deliver(?:y|ed)?\\b.{0,60}\\b(?:fail|delay|status|error)|returned (?:mail|to sender)|failure notice|fail(?:ed|ure).{0,20}deliver"
                            + "|could ?n[o']t be delivered|not (?:be )?delivered|can(?:not|'t) be delivered|unable to deliver|wasn't able to deliver|error delivering|did not reach|mail system error"
                            + "|permanent (?:fatal )?error|failed permanently|delivery errors|failure reasons|rejected by|invalid user address|unknown user|error occurred while"
                            + "|not member|not a member of this|duplicated message-id|メールエラー|送信できません|配信できません|送信に失敗|不達|配信エラー|mailbox is full|non ?remis|nicht zugestellt|не может быть доставлено|no valid recipients|malformed recipient|incorrectly constructed)");
    private static final Pattern AUTOMATIC =
            Pattern.compile(
                    "(?i).*(?:auto(?:matic)? ?-?reply|out of office|vacation|away until|不在).*");
    private static final Pattern DELAYED =
            Pattern.compile(
                    "(?i)status notification \\(delay|warning message only|will be retried|delayed");
    /// The form that RFC 5322 §3.6.4 gives it, and what is seen in its place.
    private static final Pattern MESSAGE_ID = Pattern.compile("<[^<>\\s]{1,900}>");
    private static final Pattern TYPE = Pattern.compile("(?i)^(?:x-\\w+|smtp) *; *");
    private static final Pattern STATUS = Pattern.compile("[245]\\.\\d{1,3}\\.\\d{1,3}");
    private static final Pattern SESSION = Pattern.compile("(>>>|<<<) (\\w+)");
    private static final Pattern SNS =
            Pattern.compile("\"(?:notificationType|eventType)\"\\s*:\\s*\"(\\w+)\"");
    private static final Pattern SNS_RECIPIENT =
            Pattern.compile("\"emailAddress\"\\s*:\\s*\"([^\"]{3,320})\"([^}]{0,2000})");
    private static final Pattern SNS_PAIR =
            Pattern.compile(
                    "\"(status|diagnosticCode)\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.){0,1500})\"");

    private BounceReader() {}

    /// Total: any octets give a reading.
    public static Reading read(byte[] message) {
        return read(message, Rules.table());
    }

    static Reading read(byte[] message, Rules rules) {
        Notice notice = Notice.of(message);
        String subject = EncodedWords.decode(notice.field("subject"));
        String type = notice.field("content-type").toLowerCase(Locale.ROOT);
        if (notice.feedback
                || type.contains("feedback-report")
                || subject.startsWith("complaint about message")) {
            return Reading.of(Reading.Kind.FEEDBACK);
        }
        if (notice.receipt || type.contains("disposition-notification")) {
            return Reading.of(Reading.Kind.READ_RECEIPT);
        }
        Map<String, String> perMessage = new HashMap<>();
        CharSequence report = notice.status.isEmpty() ? notice.text : notice.status;
        List<StatusReport.Group> groups = StatusReport.groups(report, perMessage);
        boolean standard = !notice.status.isEmpty() || type.contains("report");
        if (!groups.isEmpty() && (standard || isNotice(notice, subject))) {
            return ofReport(notice, groups, perMessage, rules);
        }
        String text = notice.text.toString();
        if (text.contains("\\\"notificationType")) text = text.replace("\\\"", "\"");
        Matcher sns = SNS.matcher(text);
        if (notice.field("from").contains("amazon") && sns.find()) {
            return ofSns(notice, text, sns.group(1), rules);
        }
        if (!isNotice(notice, subject)) {
            boolean automatic =
                    notice.field("auto-submitted").toLowerCase(Locale.ROOT).startsWith("auto-re")
                            || !notice.field("x-auto-response-suppress").isEmpty()
                            || AUTOMATIC.matcher(subject).matches();
            return Reading.of(automatic ? Reading.Kind.AUTO_REPLY : Reading.Kind.OTHER);
        }
        return ofWords(notice, rules, subject);
    }

    /// Speaks a mail system here, and of failure?
    private static boolean isNotice(Notice notice, String subject) {
        String from = notice.field("from");
        String text = notice.text.substring(0, Math.min(notice.text.length(), 6000));
        boolean failed = FAILED.matcher(subject).find();
        boolean words = FAILED.matcher(text.replace('\n', ' ')).find();
        if (!notice.field("x-failed-recipients").isEmpty()) return true;
        boolean daemon =
                DAEMON.matcher(from).matches()
                        || from.isBlank()
                        || notice.field("return-path").equals("<>")
                        || notice.field("content-type").contains("delivery-status");
        if (daemon && AUTOMATIC.matcher(subject).matches() && !failed) return false;
        if (daemon) return failed || words;
        boolean machine = from.matches("(?i).*(?:no-?reply|-admin@|notification|admin).*");
        return machine && words && (failed || !notice.returned.isEmpty());
    }

    private static Reading ofReport(
            Notice notice,
            List<StatusReport.Group> groups,
            Map<String, String> perMessage,
            Rules rules) {
        Map<String, Bounce> bounces = new java.util.LinkedHashMap<>();
        Verdict.Hearing hearing = Verdict.Hearing.of(rules);
        List<String> lines = notice.lines();
        String all = Codes.head(String.join(" ", lines));
        FreeText.About about = groups.size() > ABOUT_MAX ? null : new FreeText.About(lines);
        for (StatusReport.Group group : groups) {
            if (group.isGood()) continue;
            String recipient = recipient(notice, group, all);
            String diagnostic = TYPE.matcher(group.get("diagnostic-code")).replaceFirst("");
            String given = group.get("status");
            Matcher code = STATUS.matcher(given);
            int digit = 0;
            while (digit < given.length() && !isDigit(given.charAt(digit))) digit++;
            code.region(digit, given.length());
            given = code.lookingAt() ? code.group() : group.isDelay() ? "4" : "";
            String facts =
                    String.join(
                            " ",
                            notice.field("from"),
                            perMessage.getOrDefault("reporting-mta", ""),
                            group.get("remote-mta"),
                            group.get("x-powermta-bouncecat"),
                            recipient);
            String around = about == null ? "" : about.of(recipient, groups.size() > 1 ? "" : all);
            String command = sessionCommand(diagnostic, around);
            Verdict verdict = new Verdict(hearing, diagnostic, around, given, facts, command);
            String original = group.address("original-recipient");
            if (original.equalsIgnoreCase(recipient)) original = "";
            bounces.putIfAbsent(
                    recipient.toLowerCase(Locale.ROOT),
                    verdict.bounce(recipient, original, group.isDelay(), "delivery-status"));
        }
        String envelopeId = perMessage.getOrDefault("original-envelope-id", "");
        Reading.Kind kind = bounces.isEmpty() ? Reading.Kind.DELIVERED : Reading.Kind.BOUNCE;
        return reading(notice, kind, new ArrayList<>(bounces.values()), envelopeId);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /// Pipes, files and source routes are no addresses; then the one they were made from.
    private static String recipient(Notice notice, StatusReport.Group group, String all) {
        String last = bare(group.address("final-recipient"));
        if (isAddress(last)) return last;
        for (String name : List.of("original-recipient", "x-actual-recipient")) {
            String other = bare(group.address(name));
            if (isAddress(other)) return other;
        }
        Matcher failed =
                Pattern.compile("[^\\s,<>]{1,128}@[^\\s,<>]{1,255}")
                        .matcher(notice.field("x-failed-recipients"));
        if (failed.find()) return failed.group();
        return last.isEmpty() ? all.substring(0, 0) : last;
    }

    private static String bare(String address) {
        int open = address.lastIndexOf('<');
        int close = address.indexOf('>', open + 1);
        String bare = open >= 0 && close > open ? address.substring(open + 1, close) : address;
        int space = bare.indexOf(' ');
        if (space > 0 && bare.indexOf('"') < 0) bare = bare.substring(0, space);
        return FreeText.clean(bare);
    }

    private static boolean isAddress(String text) {
        return text.indexOf('@') > 0
                && !text.startsWith("|")
                && !text.startsWith("/")
                && text.indexOf(' ') < 0;
    }

    /// In the transcript of a session, the command before the answer that the diagnostic repeats.
    private static String sessionCommand(String diagnostic, String around) {
        if (!around.contains(">>> ") || !Codes.command(diagnostic).isEmpty()) return "";
        String command = "";
        Matcher m = SESSION.matcher(around);
        while (m.find()) {
            if (m.group(1).equals(">>>")) command = Codes.named(m.group(2));
            else if (!command.isEmpty() && m.group(2).matches("[45]\\d\\d")) return command;
        }
        return "";
    }

    private static Reading ofSns(Notice notice, String words, String kind, Rules rules) {
        if (kind.equals("Delivery")) return reading(notice, Reading.Kind.DELIVERED, List.of());
        if (!kind.equals("Bounce")) return Reading.of(Reading.Kind.FEEDBACK);
        String text = words.replaceAll("[\r\n]+ ?", "");
        boolean permanent = text.contains("\"bounceType\":\"Permanent\"");
        Verdict.Hearing hearing = Verdict.Hearing.of(rules);
        List<Bounce> bounces = new ArrayList<>();
        Matcher m = SNS_RECIPIENT.matcher(text);
        while (m.find() && bounces.size() < 1000) {
            Map<String, String> pairs = new HashMap<>();
            Matcher pair = SNS_PAIR.matcher(m.group(2));
            while (pair.find()) pairs.put(pair.group(1), pair.group(2));
            String diagnostic =
                    pairs.getOrDefault("diagnosticCode", "").replaceFirst("(?i)^smtp; *", "");
            String given = pairs.getOrDefault("status", permanent ? "5" : "4");
            String facts = notice.field("from");
            bounces.add(
                    new Verdict(hearing, diagnostic, "", given, facts, "")
                            .bounce(m.group(1), "", false, "notification"));
        }
        return reading(notice, Reading.Kind.BOUNCE, bounces);
    }

    private static Reading ofWords(Notice notice, Rules rules, String subject) {
        Verdict.Hearing hearing = Verdict.Hearing.of(rules);
        List<Bounce> bounces = new ArrayList<>();
        String all = Codes.head(String.join(" ", notice.lines()));
        boolean delayed = DELAYED.matcher(subject + " " + all).find();
        String given = delayed ? "4" : "";
        String wide = all + " " + subject;
        for (FreeText.Found found : FreeText.find(notice)) {
            String facts = notice.field("from") + " " + found.address();
            String command = sessionCommand(found.words(), found.words());
            String around = found.words().equals(all) ? subject : wide;
            Verdict verdict = new Verdict(hearing, found.words(), around, given, facts, command);
            bounces.add(verdict.bounce(found.address(), "", delayed, found.source()));
        }
        if (bounces.isEmpty()) {
            bounces.add(
                    new Verdict(hearing, all, subject, given, notice.field("from"), "")
                            .bounce("", "", delayed, "text"));
        }
        return reading(notice, Reading.Kind.BOUNCE, bounces);
    }

    private static Reading reading(Notice notice, Reading.Kind kind, List<Bounce> bounces) {
        return reading(notice, kind, bounces, "");
    }

    private static Reading reading(
            Notice notice, Reading.Kind kind, List<Bounce> bounces, String envelopeId) {
        String subject = notice.returnedField("subject");
        Reading.Returned returned =
                new Reading.Returned(
                        messageId(notice), subject, envelopeId, notice.returnedReceivedIds());
        return new Reading(kind, bounces, returned);
    }

    /// Of the letter that came back, or of the one that the notice says it answers.
    private static String messageId(Notice notice) {
        for (String text :
                List.of(
                        notice.returnedField("message-id"),
                        notice.field("in-reply-to"),
                        notice.field("references"))) {
            Matcher id = MESSAGE_ID.matcher(text);
            if (id.find()) return id.group();
        }
        return "";
    }
}
