package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.transformer.model.BaseDtype;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.EmbeddedModel;
import dev.graft.transformer.model.hub.Hub;
import dev.graft.transformer.model.hub.HubRepository;
import dev.graft.transformer.model.hub.HubSettings;
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
            paramLabel = "DIR|FILE|ORG/NAME|minilm",
            defaultValue = EMBEDDED,
            description =
                    "A Hugging Face directory, a .gguf file, a BERT as .onnx file or in a jar, a model that was fetched with pull, or the embedded "
                            + "all-MiniLM-L6-v2 (default: ${DEFAULT-VALUE}).")
    private String base;

    @Option(
            names = "--base-dtype",
            paramLabel = "stored|f32|bf16|int8|int4",
            defaultValue = "stored",
            description =
                    "How the frozen base's matrices are kept in memory: floats, halves, bytes with a factor a "
                            + "row, or 4 bits with a factor for every 32; stored: floats, but quantised where the file is (default: ${DEFAULT-VALUE}).")
    private String dtype;

    /** True if it is the model that comes with Graft. */
    boolean embedded() {
        return base.equals(EMBEDDED);
    }

    /** How its matrices are kept in memory. */
    BaseDtype dtype() {
        return BaseDtype.named(dtype);
    }

    /** As it was given. */
    String name() {
        return base;
    }

    /** Opens it; its weights are mapped, not copied. */
    BaseModel open() throws IOException {
        return BaseModel.open(directory(base), dtype());
    }

    /** The directory of a base as it is named on the command line. */
    static Path directory(String base) throws IOException {
        if (base.equals(EMBEDDED)) {
            return EmbeddedModel.directory();
        }
        Path directory = Path.of(base);
        if (Files.isDirectory(directory) || isModelFile(directory)) {
            return directory;
        }
        Path pulled = pulled(base);
        if (pulled != null) {
            return pulled;
        }
        boolean hub = !Files.exists(directory) && HubRepository.isLike(base);
        throw new SettingsException("--base is " + base + ", which "
                + (Files.exists(directory) ? "is no folder and no such file" : "does not exist")
                + (hub ? " and was not pulled; a model of a hub is fetched with: graft pull " + base : "")
                + "; allowed: a Hugging Face directory, a .gguf or .onnx file, a jar with one, ORG/NAME of a pulled model, or "
                + EMBEDDED);
    }

    /** True for a file that is a whole model. */
    static boolean isModelFile(Path path) {
        return Files.isRegularFile(path) && path.getFileName().toString().matches(".+\\.(gguf|onnx|jar)");
    }

    /** The snapshot of a model that was fetched from a hub, or null; a path that exists is no such name. */
    static Path pulled(String name) throws IOException {
        if (Files.exists(Path.of(name)) || !HubRepository.isLike(name)) {
            return null;
        }
        Hub.Snapshot found = new Hub(HubSettings.of(System.getenv())).find(HubRepository.parse(name));
        return found == null ? null : found.directory();
    }
}
