package dev.graft.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A module that is not ours, to which no package is exported by name, can train and classify. */
class OutsiderTest {
    private static final String MODULE = "module outsider { requires dev.graft.training; }";

    private static final String WORK = """
        package outsider;

        import dev.graft.peft.spi.PeftMethods;
        import dev.graft.training.*;
        import dev.graft.training.data.ClassificationData;
        import dev.graft.transformer.model.*;
        import java.io.IOException;
        import java.nio.file.Path;
        import java.util.Map;

        public final class Work {
            public static double train(Path folder, ClassificationData data, TrainingSettings settings)
                    throws IOException {
                try (BaseModel base = BaseModel.open(folder);
                        Workers workers = new Workers("bf16", 2);
                        Adapter adapter = Adapter.create(base, PeftMethods.discover(ModuleLayer.boot()), "lora",
                                Map.of("r", 4), data.labels(), 0);
                        TrainingRun run = new TrainingRun(base, adapter, data, settings, workers,
                                new MemoryStore())) {
                    return run.run(TrainingListener.NONE).best().loss();
                }
            }
        }
        """;

    @TempDir
    Path folder;

    @Test
    void compilesAgainstWhatIsExportedToAll() throws Exception {
        Path module = Files.writeString(folder.resolve("module-info.java"), MODULE);
        Path work = Files.writeString(folder.resolve("Work.java"), WORK);
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        int code = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        out,
                        out,
                        "--module-path",
                        System.getProperty("jdk.module.path"),
                        "-d",
                        folder.resolve("classes").toString(),
                        module.toString(),
                        work.toString());
        assertEquals(0, code, said.toString());
    }
}
