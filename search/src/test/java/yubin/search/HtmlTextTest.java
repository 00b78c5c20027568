package yubin.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// The words of HTML.
class HtmlTextTest {
    @Test
    void whatAPersonReads() {
        String[][] rows = {
            {"<p>Hello <b>wor</b>ld</p>", "Hello world"},
            {"a<br>b<div>c</div>d", "a b c d"},
            {"&lt;tag&gt; &amp; &eacute;&#x8ACB;&#27714; &bogus; &", "<tag> & é請求 &bogus; &"},
            {"<head><title>t</title></head><style>x{}</style>seen<script>no()</script>", "seen"},
            {"<!-- no -->yes<!-- rest", "yes"},
            {"1 < 2 <3", "1 < 2 <3"},
            {"<img src=x alt=\"a walrus\">", "a walrus"},
            {"<a href=\"x>y\">link</a>", "link"},
            {"<style>never closed, text", "never closed, text"},
            {"line\r\nend", "line end"},
        };
        for (String[] row : rows) {
            assertEquals(row[1], HtmlText.of(row[0]).strip().replaceAll("\\s+", " "), row[0]);
        }
    }

    @Test
    void hostileMarkupCostsNoMoreThanItsLength() {
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> {
                    for (String piece :
                            new String[] {
                                "<", "<a x='", "<style>", "</", "<!--", "&", "<a x=\"><b y='>"
                            }) {
                        HtmlText.of(piece.repeat(4_000_000 / piece.length()));
                    }
                });
    }
}
