package yubin.postmaster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import tools.jackson.databind.node.ObjectNode;

/// `yubin config …`
final class ConfigVerbs {
    private ConfigVerbs() {}

    static CommandLine group() {
        return Verb.group("The configuration.", new Check());
    }

    @Command(
            name = "check",
            description = "Check the configuration and show every value in force; starts nothing.",
            footer = {"", "Example:", "  yubin config check --config /etc/yubin.toml"})
    static final class Check extends Verb {
        @Override
        public Integer call() {
            ConfigFile.Reading reading = ConfigFile.read(configFile);
            List<String> problems = new ArrayList<>(reading.problems());
            if (reading.config() != null) problems.addAll(unreadable(reading.config()));
            if (json) {
                ObjectNode answer = Json.object("ok", problems.isEmpty(), "problems", problems);
                if (reading.config() != null) answer.set("config", describe(reading.config()));
                out().println(answer);
            } else if (problems.isEmpty()) {
                Tables.print(out(), describe(reading.config()));
            } else {
                problems.forEach(this::say);
            }
            return problems.isEmpty() ? 0 : Trouble.BAD;
        }

        private static List<String> unreadable(Config config) {
            List<String> problems = new ArrayList<>();
            readable("tls.certificate", config.certificate(), problems);
            readable("tls.key", config.key(), problems);
            try {
                config.resolver().settings();
            } catch (Trouble e) {
                problems.add(e.getMessage());
            }
            return problems;
        }

        private static void readable(String key, Path file, List<String> problems) {
            if (file != null && !Files.isReadable(file)) {
                problems.add(config(key) + " " + file + " cannot be read");
            }
        }

        private static String config(String key) {
            return key + ":";
        }

        private static ObjectNode describe(Config config) {
            ObjectNode answer =
                    Json.object(
                            "file",
                            config.file() == null ? "none; built-in defaults" : config.file(),
                            "hostname",
                            config.hostname(),
                            "data",
                            config.data());
            for (Service service : Service.values()) {
                String addresses =
                        config.listen().get(service).stream()
                                .map(SocketAddresses::format)
                                .collect(Collectors.joining(", "));
                String state =
                        service.built() ? addresses.isEmpty() ? "off" : addresses : "not built yet";
                answer.put("listen." + service.key(), state);
            }
            answer.put("tls.certificate", shown(config.certificate(), "self-signed"));
            answer.put("tls.key", shown(config.key(), "self-signed"));
            answer.put(
                    "auth.plaintext", config.plaintext().name().toLowerCase(java.util.Locale.ROOT));
            answer.put("auth.sender", config.sender().name().toLowerCase(java.util.Locale.ROOT));
            answer.put("limits.message", Octets.format(config.messageOctetsMax()));
            answer.put("limits.connections-per-address", config.connectionsPerAddressMax());
            answer.setAll(config.resolver().describe());
            answer.setAll(DnsKeys.describe(config.zones()));
            answer.setAll(config.http().describe());
            return answer;
        }

        private static String shown(Path path, String absent) {
            return path == null ? absent : path.toString();
        }
    }
}
