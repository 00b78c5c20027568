package yubin.jmap;

import java.util.ArrayList;
import java.util.List;

/// The name of octets: a message, an upload, or a part of what these hold.
///
/// ```
/// blobId = ("B" email / "U" upload) *("-" part)
/// ```
/// A part is counted from 0 in the order of [yubin.mime.Message#parts]; its octets are those of its
/// body without transfer encoding. A second part counts in the message that the first one holds.
///
/// @param email number of the email, or of the upload
/// @param path empty for the whole
record BlobId(boolean isUpload, long number, List<Integer> path) {
    /// Messages in messages.
    private static final int DEPTH_MAX = 8;

    BlobId {
        path = List.copyOf(path);
    }

    static BlobId email(long email) {
        return new BlobId(false, email, List.of());
    }

    static BlobId upload(long upload) {
        return new BlobId(true, upload, List.of());
    }

    /// Null for what no blob can be called.
    static BlobId parse(String text) {
        if (text == null || text.length() > 200) return null;
        String[] words = text.split("-", -1);
        if (words.length > 1 + DEPTH_MAX) return null;
        long email = Ids.number('B', words[0]);
        long upload = Ids.number('U', words[0]);
        if (email + upload == 0) return null;
        List<Integer> path = new ArrayList<>(words.length - 1);
        for (int i = 1; i < words.length; i++) {
            int part = (int) Math.min(Ids.number('x', "x" + words[i]), Integer.MAX_VALUE);
            if (part == 0 && !words[i].equals("0")) return null;
            path.add(part);
        }
        return new BlobId(upload != 0, email + upload, path);
    }

    BlobId part(int index) {
        List<Integer> longer = new ArrayList<>(path);
        longer.add(index);
        return new BlobId(isUpload, number, longer);
    }

    boolean canHavePart() {
        return path.size() < DEPTH_MAX;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder().append(isUpload ? 'U' : 'B').append(number);
        for (int part : path) text.append('-').append(part);
        return text.toString();
    }
}
