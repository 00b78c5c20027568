package yubin.postmaster;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
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
    /// Characters of the file in one order; a record is never cut.
    private static final int CHARS_PER_ORDER = 256 << 10;

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
    private long told = System.nanoTime();

    @Override
    ObjectNode order() {
        return order("account import", "update", update);
    }

    @Override
    public Integer call() throws Trouble {
        Config config = config();
        try (BufferedReader reader = Files.newBufferedReader(file);
                Clerk clerk = Clerk.reach(config)) {
            importAll(reader, clerk);
        } catch (IOException e) {
            throw Trouble.usage(file + " cannot be read: " + ConfigFile.reason(e));
        }
        if (json) {
            show(Json.object("added", added, "updated", updated, "problems", problems));
        } else {
            problems.forEach(this::say);
            out().println(
                            "%d added, %d updated, %d bad lines"
                                    .formatted(added, updated, problems.size()));
        }
        return problems.isEmpty() ? 0 : Trouble.BAD;
    }

    /// Sends the file piece by piece, each with the header on top.
    private void importAll(BufferedReader reader, Clerk clerk) throws IOException, Trouble {
        String header = reader.readLine();
        if (header == null) throw Trouble.bad(file + " is empty");
        StringBuilder piece = new StringBuilder(header).append('\n');
        int line = 1;
        int before = 0;
        boolean quoted = false;
        for (String text = reader.readLine(); text != null; text = reader.readLine()) {
            line++;
            piece.append(text).append('\n');
            quoted ^= text.chars().filter(c -> c == '"').count() % 2 == 1;
            if (piece.length() >= CHARS_PER_ORDER && !quoted) {
                send(clerk, piece, before);
                piece = new StringBuilder(header).append('\n');
                before = line - 1;
            }
        }
        if (before == 0 || before < line - 1) send(clerk, piece, before);
    }

    /// @param before how many lines of the file lie between the header and this piece
    private void send(Clerk clerk, CharSequence piece, int before) throws Trouble {
        ObjectNode order = order();
        order.put("csv", piece.toString());
        JsonNode answer = clerk.obey(order, lines -> tell(before, lines));
        added += answer.path("added").asLong();
        updated += answer.path("updated").asLong();
        for (JsonNode problem : answer.path("problems")) {
            int line = problem.path("line").asInt();
            problems.add(
                    "%s:%d: %s"
                            .formatted(
                                    file,
                                    line == 1 ? 1 : line + before,
                                    problem.path("problem").asString()));
        }
    }

    private void tell(int before, String lines) {
        if (System.nanoTime() - told < PROGRESS_NANOS) return;
        told = System.nanoTime();
        say(before + Integer.parseInt(lines) + " lines");
    }
}
