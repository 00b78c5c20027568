package yubin.dns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every scenario of `src/test/scenarios`, played by [Scenario].
class ScenariosTest {
    @TestFactory
    List<DynamicNode> scenarios() throws IOException {
        Path folder = Path.of(System.getProperty("yubin.root", ".."), "dns/src/test/scenarios");
        String only = System.getProperty("scenario", "");
        List<DynamicNode> files = new ArrayList<>();
        try (Stream<Path> paths = Files.list(folder)) {
            for (Path path : paths.sorted().toList()) {
                if (!path.toString().endsWith(".txt")) continue;
                Map<String, Scenario> all = Scenario.read(path);
                List<DynamicTest> tests = new ArrayList<>();
                all.forEach(
                        (title, scenario) -> {
                            if (!title.contains(only)) return;
                            tests.add(DynamicTest.dynamicTest(title, scenario::play));
                        });
                files.add(DynamicContainer.dynamicContainer(path.getFileName().toString(), tests));
            }
        }
        return files;
    }
}
