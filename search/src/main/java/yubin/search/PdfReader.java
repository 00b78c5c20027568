package yubin.search;

import java.util.Locale;
import yubin.mime.Part;

/// Reads the text of PDF files.
interface PdfReader {
    /// Empty when there is none, or it cannot be had within the bounds.
    String text(byte[] file);

    static boolean isPdf(Part part) {
        if (part.mediaType().equals("application/pdf")) return true;
        if (!part.mediaType().equals("application/octet-stream")) return false;
        String name = part.filename();
        return name != null && name.toLowerCase(Locale.ROOT).endsWith(".pdf");
    }
}
