import dev.graft.peft.spi.file.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs many commands of graft in one process, as starting one takes longer than most of them: FOLDER/commands.json has a list
 * of objects with "words"; FOLDER/results.json gets the same objects with "code", "output" and "error". Paths among the words are relative to FOLDER.
 */
public final class Commands {
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        Class<?> main = Class.forName("dev.graft.cli.Main");
        Class<?> console = Class.forName("dev.graft.cli.Console");
        Constructor<?> open = console.getDeclaredConstructor(PrintStream.class, PrintStream.class, boolean.class);
        Method run = main.getDeclaredMethod("run", console, String[].class);
        open.setAccessible(true);
        run.setAccessible(true);
        List<String> results = new ArrayList<>();
        int failed = 0;
        for (String line : Files.readAllLines(folder.resolve("commands.json"))) {
            if (line.length() < 3) {
                continue; // the list's brackets
            }
            Map<String, Object> command = Json.parse(folder.resolve("commands.json"), line.endsWith(",") ? line.substring(0, line.length() - 1) : line);
            ByteArrayOutputStream output = new ByteArrayOutputStream();
            ByteArrayOutputStream error = new ByteArrayOutputStream();
            Object streams = open.newInstance(new PrintStream(output, true), new PrintStream(error, true), false);
            String[] words = ((List<?>) command.get("words")).stream().map(Object::toString).toArray(String[]::new);
            int code = (int) run.invoke(null, streams, words);
            failed += code == 0 ? 0 : 1;
            Map<String, Object> result = new LinkedHashMap<>(command);
            result.put("code", code);
            result.put("output", output.toString(StandardCharsets.UTF_8));
            result.put("error", error.toString(StandardCharsets.UTF_8));
            results.add(Json.line(result).strip());
        }
        Files.writeString(folder.resolve("results.json"), "[\n" + String.join(",\n", results) + "\n]\n");
        System.out.println("{\"commands\": " + results.size() + ", \"failed\": " + failed + "}");
    }
}
