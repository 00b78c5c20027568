package yubin.postmaster;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `yubin account import FILE.csv`: many accounts at once. Good lines are kept, every bad one is
/// named.
@Command(
        name = "import",
        description = {
            "Add the accounts of a CSV file whose first line is address,password,name,quota.",
            "A password may come hashed: {ARGON2ID}, {SCRAM-SHA-256}, {BLF-CRYPT}, {SHA512-CRYPT}."
        },
        footer = {"", "Example:", "  yubin account import people.csv"})
final class ImportVerb extends OrderVerb {
    private static final List<String> COLUMNS = List.of("address", "password", "name", "quota");

    /// Rows in one order: so many, or fewer where passwords are plain and each costs an Argon2id.
    private static final int ROWS_PER_ORDER = 500;

    private static final int PLAIN_PER_ORDER = 32;

    private static final long PROGRESS_NANOS = 2_000_000_000L;

    @Parameters(paramLabel = "FILE.csv")
    private Path file;

    @Option(
            names = "--update",
            description = "Change accounts that exist already instead of naming them as bad lines.")
    private boolean update;

    private final List<String> problems = new ArrayList<>();
    private long added;
    private long updated;

    @Override
    ObjectNode order() {
        return order("account import", "update", update);
    }

    @Override
    public Integer call() throws Trouble {
        Config config = config();
        long lines;
        try (var all = Files.lines(file)) {
            lines = all.count();
        } catch (IOException e) {
            throw Trouble.usage(file + " cannot be read: " + ConfigFile.reason(e));
        } catch (java.io.UncheckedIOException e) {
            throw Trouble.usage(file + " cannot be read: " + ConfigFile.reason(e.getCause()));
        }
        try (BufferedReader reader = Files.newBufferedReader(file);
                Clerk clerk = Clerk.reach(config)) {
            importAll(new Csv(reader), lines, clerk);
        } catch (IOException e) {
            throw Trouble.usage(file + " cannot be read: " + ConfigFile.reason(e));
        }
        if (json) {
            show(Json.object("added", added, "updated", updated, "problems", problems));
        } else {
            problems.forEach(this::say);
            out().println(
                            added
                                    + " added, "
                                    + updated
                                    + " updated, "
                                    + problems.size()
                                    + " bad lines");
        }
        return problems.isEmpty() ? 0 : Trouble.BAD;
    }

    private void importAll(Csv csv, long lines, Clerk clerk) throws IOException, Trouble {
        List<String> header = header(csv);
        long told = System.nanoTime();
        ArrayNode rows = Json.object().putArray("rows");
        int plain = 0;
        for (Csv.Row row = csv.row(); row != null; row = csv.row()) {
            ObjectNode person = person(header, row);
            if (person == null) continue;
            rows.add(person);
            String password = person.path("password").asString("");
            if (!password.isEmpty() && !password.startsWith("{")) plain++;
            if (rows.size() == ROWS_PER_ORDER || plain == PLAIN_PER_ORDER) {
                send(clerk, rows);
                rows = Json.object().putArray("rows");
                plain = 0;
                if (System.nanoTime() - told > PROGRESS_NANOS) {
                    told = System.nanoTime();
                    say("%d of %d lines".formatted(row.line(), lines));
                }
            }
        }
        if (!rows.isEmpty()) send(clerk, rows);
    }

    private List<String> header(Csv csv) throws IOException, Trouble {
        Csv.Row row = csv.row();
        if (row == null) throw Trouble.bad(file + " is empty");
        List<String> names = row.fields().stream().map(n -> n.toLowerCase(Locale.ROOT)).toList();
        if (!names.contains("address") || !COLUMNS.containsAll(names)) {
            throw Trouble.bad(
                    file
                            + ":1: the first line must name the columns: "
                            + String.join(",", COLUMNS));
        }
        return names;
    }

    /// The row as an order has it; null when it is bad, which has then been noted.
    private ObjectNode person(List<String> header, Csv.Row row) {
        if (row.problem() != null) return bad(row.line(), row.problem());
        if (row.fields().size() > header.size()) return bad(row.line(), "more fields than columns");
        ObjectNode person = Json.object("line", row.line());
        for (int i = 0; i < row.fields().size(); i++) {
            String value = row.fields().get(i);
            if (value.isEmpty()) continue;
            if (header.get(i).equals("quota")) {
                var octets = Octets.parse(value);
                if (octets.isEmpty()) {
                    return bad(row.line(), "quota " + value + "; allowed: " + Octets.ALLOWED);
                }
                person.put("quota", octets.getAsLong());
            } else {
                person.put(header.get(i), value);
            }
        }
        if (!person.has("address")) return bad(row.line(), "there is no address");
        return person;
    }

    private ObjectNode bad(int line, String problem) {
        problems.add(file + ":" + line + ": " + problem);
        return null;
    }

    private void send(Clerk clerk, ArrayNode rows) throws Trouble {
        ObjectNode order = order();
        order.set("rows", rows);
        JsonNode answer = clerk.obey(order);
        added += answer.path("added").asLong();
        updated += answer.path("updated").asLong();
        for (JsonNode problem : answer.path("problems")) {
            bad(problem.path("line").asInt(), problem.path("problem").asString());
        }
    }
}
