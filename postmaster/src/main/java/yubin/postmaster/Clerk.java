package yubin.postmaster;

import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Who carries out an order of the command line: the running server, or this process on the data
/// folder itself when none runs.
///
/// An order is one JSON object whose `verb` names it (`"domain add"`); the other members are its
/// arguments. The answer is any JSON: text for one line, an object, or a list of objects.
sealed interface Clerk extends AutoCloseable permits DirectClerk, DistantClerk {
    /// @param progress is told how an order that takes long stands, one line at a time
    /// @throws Trouble when the order cannot be carried out, with the sentence to show
    JsonNode obey(ObjectNode order, Consumer<String> progress) throws Trouble;

    default JsonNode obey(ObjectNode order) throws Trouble {
        return obey(order, line -> {});
    }

    @Override
    void close();

    /// The clerk of the data folder that `config` names. Ends with exit code 3 when the folder is
    /// in use by something that does not answer.
    static Clerk reach(Config config) throws Trouble {
        DistantClerk distant = DistantClerk.connect(config.data());
        return distant != null ? distant : DirectClerk.open(config);
    }
}
