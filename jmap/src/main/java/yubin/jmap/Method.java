package yubin.jmap;

import tools.jackson.databind.node.ObjectNode;

/// What stands behind a method name.
@FunctionalInterface
interface Method {
    /// @param arguments with all references replaced; the method may keep and change them
    /// @return the arguments of the response
    ObjectNode call(ObjectNode arguments) throws MethodError;
}
