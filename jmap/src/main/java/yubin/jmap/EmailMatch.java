package yubin.jmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import yubin.store.Boxes;
import yubin.store.StoreTrouble;

/// Asks the conditions of a filter for the emails of a [Sweep]: those first that need no record.
final class EmailMatch {
    private final Boxes boxes;
    private final Catalog.Shelf catalogs;
    private final Sweep sweep;
    private ThreadFlags threadFlags;
    private int readIndex = -1;
    private Reading reading;

    EmailMatch(Boxes boxes, Catalog.Shelf catalogs, Sweep sweep) {
        this.boxes = boxes;
        this.catalogs = catalogs;
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

    ThreadFlags threads() throws StoreTrouble {
        if (threadFlags == null) threadFlags = new ThreadFlags(boxes, catalogs.of(boxes));
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
