package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A method in a jar of somebody else's, added with --plugins. */
class PluginTest {
    private static final String METHOD = """
            package plugin;
            import dev.graft.peft.spi.*;
            public class Shift implements PeftMethod {
                public String id() { return "%s"; }
                public Injection configure(Settings settings, ModelShape model) {
                    Targets targets = Targets.read(settings, model, java.util.List.of("query"));
                    return (site, parameters) -> {
                        if (!targets.contains(site)) return Hook.NONE;
                        Parameter shift = parameters.trainable("shift", Init.zeros(), site.outputSize());
                        return new Hook() {
                            public dev.graft.autograd.Var after(
                                    Context context, dev.graft.autograd.Var x, dev.graft.autograd.Var y) {
                                return y.add(context.use(shift));
                            }
                        };
                    };
                }
            }
            """;

    @TempDir
    Path folder;

    private Path plugin(String id) throws Exception {
        Workspace space = new Workspace(folder);
        Path method = space.file("source/plugin/Shift.java", METHOD.formatted(id));
        Path module = space.file(
                "source/module-info.java",
                "module plugin { requires dev.graft.peft.spi; provides dev.graft.peft.spi.PeftMethod with plugin.Shift; }");
        run(
                "javac",
                "--release",
                "17",
                "-p",
                System.getProperty("jdk.module.path"),
                "-d",
                space.at("classes"),
                method,
                module);
        Files.createDirectories(space.at("plugins"));
        run("jar", "--create", "--file", space.at("plugins/plugin.jar"), "-C", space.at("classes"), ".");
        return space.at("plugins");
    }

    private static void run(String tool, Object... words) {
        String[] texts = List.of(words).stream().map(String::valueOf).toArray(String[]::new);
        assertEquals(0, ToolProvider.findFirst(tool).orElseThrow().run(System.err, System.err, texts), tool);
    }

    @Test
    void aPluginsMethodIsListedTrainedAndPredictsWith() throws Exception {
        Path plugins = plugin("shift");
        String listed = Graft.run("methods", "--plugins", plugins).done().out();
        assertTrue(listed.matches("(?s).*\\Rshift +plugin  +learning rate .*"), listed);
        assertTrue(listed.matches("(?s).*\\Rdora +dev\\.graft\\.lora\\.core  +learning rate .*"), listed);
        assertFalse(Graft.run("methods").done().out().contains("shift"), "without --plugins");
        Workspace space = new Workspace(folder);
        Path run = folder.resolve("run");
        space.train("--method", "shift", "--max-steps", 1, "--output", run).failed(2, "'shift' is unknown");
        space.train("--plugins", plugins, "--method", "shift", "--max-steps", 1, "--output", run)
                .failed(2, "'shift' has no learning rate of its own", "--learning-rate");
        Graft.run("compare", "--base", Workspace.BASE, "--data", space.data(), "--max-length", 20, "--plugins", plugins)
                .failed(2, "'shift' has no learning rate of its own", "graft train");
        Map<String, Object> trained = space.train(
                        "--plugins",
                        plugins,
                        "--method",
                        "shift",
                        "--learning-rate",
                        0.1,
                        "--max-steps",
                        1,
                        "--output",
                        run,
                        "--json")
                .done()
                .json();
        assertEquals(3 * 32 + 3 * 32 + 3, trained.get("trainable"));
        Object[] evaluate = {
            "evaluate", "--base", Workspace.BASE, "--adapter", run, "--data", space.data(), "--plugins", plugins
        };
        Graft.run(evaluate).done();
        Graft.run("evaluate", "--base", Workspace.BASE, "--adapter", run, "--data", space.data())
                .failed(2, "'shift' is unknown");
    }

    @Test
    void whatIsNoFolderOfPluginsIsRefused() throws Exception {
        Graft.run("methods", "--plugins", folder.resolve("none")).failed(2, "--plugins is", "no folder");
        Graft.run("methods", "--plugins", folder).failed(2, "holds no jar");
        Graft.run("methods", "--plugins", plugin("lora"))
                .failed(2, "--plugins is", "'lora' is provided twice", "plugin.Shift", "LoraMethod");
        Files.writeString(folder.resolve("plugins/plugin.jar"), "no jar");
        Graft.run("methods", "--plugins", folder.resolve("plugins")).failed(2, "cannot be used");
    }
}
