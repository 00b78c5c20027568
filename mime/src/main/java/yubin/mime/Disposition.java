package yubin.mime;

import java.util.List;

/// Content-Disposition. RFC 2183 §2.
///
/// @param type in lower case, such as `inline` or `attachment`
/// @param parameters as written, in their order
public record Disposition(String type, List<Parameter> parameters) {
    public boolean isAttachment() {
        return type.equals("attachment");
    }
}
