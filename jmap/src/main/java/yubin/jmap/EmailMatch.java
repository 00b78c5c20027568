package yubin.jmap;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import yubin.search.Field;
import yubin.search.Found;
import yubin.search.Wanted;
import yubin.store.Boxes;
import yubin.store.StoreTrouble;

/// Asks the conditions of a filter for the emails of a [Sweep]: those first that need no record.
final class EmailMatch {
    /// How long the catalogue may look before messages are read one by one instead.
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Boxes boxes;
    private final Office office;
    private final Sweep sweep;
    private final Map<EmailFilter.Words, Found> founds = new HashMap<>(0);
    private ThreadFlags threadFlags;
    private int readIndex = -1;
    private Reading reading;

    EmailMatch(Boxes boxes, Office office, Sweep sweep) {
        this.boxes = boxes;
        this.office = office;
        this.sweep = sweep;
    }

    Sweep sweep() {
        return sweep;
    }

    Boxes boxes() {
        return boxes;
    }

    boolean matches(FilterTree<EmailFilter> filter, int index) throws IOException {
        return switch (filter) {
            case null -> true;
            case FilterTree.Condition<EmailFilter>(EmailFilter condition) ->
                    matches(condition, index);
            case FilterTree.And<EmailFilter>(var parts) -> {
                for (var part : cheapFirst(parts)) if (!matches(part, index)) yield false;
                yield true;
            }
            case FilterTree.Or<EmailFilter>(var parts) -> {
                for (var part : cheapFirst(parts)) if (matches(part, index)) yield true;
                yield false;
            }
            case FilterTree.Not<EmailFilter>(var parts) -> {
                for (var part : cheapFirst(parts)) if (matches(part, index)) yield false;
                yield true;
            }
        };
    }

    private static List<FilterTree<EmailFilter>> cheapFirst(List<FilterTree<EmailFilter>> parts) {
        if (parts.size() < 2) return parts;
        List<FilterTree<EmailFilter>> sorted = new ArrayList<>(parts);
        sorted.sort(Comparator.comparing(part -> !isCheap(part)));
        return sorted;
    }

    private static boolean isCheap(FilterTree<EmailFilter> tree) {
        return FilterTree.conditions(tree).stream().allMatch(EmailFilter::isCheap);
    }

    private boolean matches(EmailFilter filter, int i) throws IOException {
        return switch (filter) {
            case EmailFilter.InMailbox(int mailbox) -> sweep.isIn(i, mailbox);
            case EmailFilter.InOtherThan(var mailboxes) -> sweep.isInOtherThan(i, mailboxes);
            case EmailFilter.Before(long millis) -> sweep.received[i] < millis;
            case EmailFilter.After(long millis) -> sweep.received[i] >= millis;
            case EmailFilter.MinSize(long octets) -> sweep.sizes[i] >= octets;
            case EmailFilter.MaxSize(long octets) -> sweep.sizes[i] < octets;
            case EmailFilter.HasKeyword(long bit, boolean wanted) ->
                    (sweep.flags[i] & bit) != 0 == wanted;
            case EmailFilter.ThreadKeyword(long bit, EmailFilter.Of of) ->
                    threads().matches(sweep.emails[i], bit, of);
            case EmailFilter.HasAttachment(boolean wanted) -> {
                Reading read = reading(i);
                yield read != null && read.source().message().hasAttachment() == wanted;
            }
            case EmailFilter.Words words -> {
                Found found = found(words);
                if (found != null) yield found.contains(sweep.emails[i]);
                Reading read = reading(i);
                yield read != null && read.has(words);
            }
            case EmailFilter.Header header -> {
                Reading read = reading(i);
                yield read != null && read.has(header);
            }
            case EmailFilter.Each(var filters) -> {
                for (EmailFilter each : filters) {
                    if (EmailFilter.isCheap(each) && !matches(each, i)) yield false;
                }
                for (EmailFilter each : filters) {
                    if (!EmailFilter.isCheap(each) && !matches(each, i)) yield false;
                }
                yield true;
            }
        };
    }

    /// What the catalogue finds for words; null when there is none, or it is not ready in time.
    private Found found(EmailFilter.Words words) throws IOException {
        if (office.catalogue() == null) return null;
        Found found = founds.get(words);
        if (found == null) {
            Field field =
                    switch (words.where()) {
                        case "from" -> Field.FROM;
                        case "to" -> Field.TO;
                        case "cc" -> Field.CC;
                        case "bcc" -> Field.BCC;
                        case "subject" -> Field.SUBJECT;
                        case "body" -> Field.BODY;
                        default -> Field.ANYWHERE;
                    };
            found =
                    office.catalogue()
                            .find(boxes.account(), Wanted.in(field, words.text()), PATIENCE);
            founds.put(words, found);
        }
        return found.complete() ? found : null;
    }

    ThreadFlags threads() throws StoreTrouble {
        if (threadFlags == null) threadFlags = new ThreadFlags(boxes, office.catalogs().of(boxes));
        return threadFlags;
    }

    /// Null when the email has just gone, or its record is damaged: then it matches nothing.
    Reading reading(int index) throws IOException {
        if (readIndex != index) {
            readIndex = index;
            try {
                reading = Reading.of(boxes, sweep.emails[index]);
            } catch (StoreTrouble.Damaged e) {
                System.getLogger("yubin.jmap").log(System.Logger.Level.WARNING, e.getMessage());
                reading = null;
            }
        }
        return reading;
    }
}
