package yubin.jmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;
import yubin.directory.Login;
import yubin.store.Boxes;

/// What the method calls of one request share.
final class Context {
    private final Login login;
    private final Boxes boxes;
    private final Map<String, String> created = new HashMap<>();
    private final List<Extra> extras = new ArrayList<>(0);
    private Set<String> using = new HashSet<>();

    /// A response besides the method's own, such as that of an implicit Email/set.
    record Extra(String name, ObjectNode arguments) {}

    /// @param boxes of the account that has logged in
    Context(Login login, Boxes boxes) {
        this.login = login;
        this.boxes = boxes;
    }

    Login login() {
        return login;
    }

    /// The boxes of the account that has logged in.
    Boxes own() {
        return boxes;
    }

    /// The boxes of the account that a call names; so far everybody reaches only their own.
    Boxes boxes(Args args) throws MethodError, IOException {
        return boxes(args.string("accountId"), "accountNotFound");
    }

    /// @param error for an account that is not reachable
    Boxes boxes(String accountId, String error) throws MethodError {
        if (!accountId.equals(Ids.account(login.account()))) {
            throw new MethodError(error, "this login reaches no account of this id");
        }
        return boxes;
    }

    /// Ids that were given to creation ids, of this request and of those before it that it named.
    Map<String, String> created() {
        return created;
    }

    /// The id that stands behind `#creationId`; other ids as they are; null when nothing was
    /// created under it.
    String resolve(String id) {
        return id.startsWith("#") ? created.get(id.substring(1)) : id;
    }

    /// A response that follows that of the method which is running.
    void alsoAnswer(String name, ObjectNode arguments) {
        extras.add(new Extra(name, arguments));
    }

    List<Extra> takeExtras() {
        List<Extra> taken = List.copyOf(extras);
        extras.clear();
        return taken;
    }

    void use(Set<String> capabilities) {
        using = capabilities;
    }

    /// Whether the request says that it uses this capability.
    boolean uses(String capability) {
        return using.contains(capability);
    }
}
