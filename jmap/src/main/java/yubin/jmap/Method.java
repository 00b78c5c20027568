package yubin.jmap;

import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/// What stands behind a method name.
@FunctionalInterface
interface Method {
    /// @param context of the request; what is written into it is seen by the calls that follow
    /// @param arguments with all references replaced; the method may keep and change them
    /// @return the arguments of the response
    /// @throws IOException when the store cannot answer now
    ObjectNode call(Context context, ObjectNode arguments) throws MethodError, IOException;
}
