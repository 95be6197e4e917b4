package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.EmbeddedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which base. */
final class BaseOptions {
    /** The word for the model that comes with Graft. */
    static final String EMBEDDED = "minilm";

    @Option(
            names = "--base",
            paramLabel = "DIR|minilm",
            defaultValue = EMBEDDED,
            description = "A Hugging Face directory, or the embedded all-MiniLM-L6-v2 (default: ${DEFAULT-VALUE}).")
    private String base;

    /** True if it is the model that comes with Graft. */
    boolean embedded() {
        return base.equals(EMBEDDED);
    }

    /** As it was given. */
    String name() {
        return base;
    }

    /** Opens it; its weights are mapped, not copied. */
    BaseModel open() throws IOException {
        return BaseModel.open(directory(base));
    }

    /** The directory of a base as it is named on the command line. */
    static Path directory(String base) throws IOException {
        if (base.equals(EMBEDDED)) {
            return EmbeddedModel.directory();
        }
        Path directory = Path.of(base);
        if (!Files.isDirectory(directory)) {
            throw new SettingsException("--base is " + base + ", which "
                    + (Files.exists(directory) ? "is no folder" : "does not exist")
                    + "; allowed: a Hugging Face directory, or " + EMBEDDED);
        }
        return directory;
    }
}
