package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every snippet of docs/add-a-method.md is a part of the example, which the build compiles, or a command, which is run
 * here on a tiny task. A snippet begins with three backticks, its language, and for code the file that it is a part of.
 */
class AddAMethodPageTest {
    private static final Path PAGE = Path.of("..", "docs", "add-a-method.md");
    private static final Pattern SNIPPET = Pattern.compile("(?ms)^```(\\w*) ?(\\S*)\\n(.*?)^```$");
    /** What Maven does, and what follows from it; {@code acceptance/02-3} runs these. */
    private static final Pattern OUTSIDE = Pattern.compile("mvn .*|mkdir .*|cp .*");

    @TempDir
    Path folder;

    private record Snippet(String language, String about, String text) {}

    private static List<Snippet> snippets() throws IOException {
        List<Snippet> found = new ArrayList<>();
        Matcher matcher = SNIPPET.matcher(Files.readString(PAGE));
        while (matcher.find()) {
            found.add(new Snippet(matcher.group(1), matcher.group(2), matcher.group(3)));
        }
        assertTrue(found.size() > 15, found.size() + " snippets");
        return found;
    }

    @Test
    void codeIsPartOfTheExample() throws IOException {
        for (Snippet snippet : snippets()) {
            if (!snippet.language().equals("sh")) {
                String whole = Files.readString(ExamplePlugin.FOLDER.resolve(snippet.about()));
                assertTrue(
                        whole.contains(snippet.text()),
                        () -> "not in " + snippet.about() + ", to the letter:\n" + snippet.text());
            }
        }
    }

    @Test
    void commandsDoWhatThePageSays() throws IOException {
        ExamplePlugin.jar(folder.resolve("plugins"));
        int commands = 0;
        for (Snippet snippet : snippets()) {
            if (snippet.language().equals("sh")) {
                for (String line : snippet.text().lines().toList()) {
                    if (line.startsWith("bin/graft ")) {
                        Graft done = Graft.run(onTheTinyTask(line.substring("bin/graft ".length())));
                        assertEquals(snippet.about().equals("refused") ? 2 : 0, done.code(), line + ": " + done.err());
                        commands++;
                    } else {
                        assertTrue(OUTSIDE.matcher(line).matches(), "nothing runs this: " + line);
                    }
                }
            }
        }
        assertTrue(commands >= 5, commands + " commands");
    }

    /** The words of a command with the tiny base and data in the place of the embedded ones, and paths in our folder. */
    private Object[] onTheTinyTask(String line) {
        Workspace space = new Workspace(folder);
        List<Object> words = new ArrayList<>();
        for (String word : line.split(" ")) {
            boolean path = word.equals("plugins") || word.equals("merged") || word.startsWith("runs/");
            words.add(word.equals("wordnet-quick") ? space.data() : path ? folder.resolve(word) : word);
        }
        String command = words.get(0).toString();
        if (!command.equals("methods")) {
            words.addAll(List.of("--base", Workspace.BASE));
        }
        if (command.equals("train") || command.equals("compare")) {
            words.addAll(List.of("--max-length", 40, "--epochs", 1));
        }
        if (command.equals("compare")) {
            words.addAll(List.of("--data", space.data()));
        }
        return words.toArray();
    }
}
