package dev.graft.training.experiment;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/**
 * What an experiment is done with.
 *
 * @param opening opens bases and starts threads
 * @param methods that are installed
 * @param folder where runs, results and the report go
 * @param words of a command that say how it is computed, such as {@code --math bf16}
 * @param clock for records
 */
public record Lab(Opening opening, PeftMethods methods, Path folder, List<String> words, Clock clock) {
    /** Opens what a run computes with; always the same math and number of threads. */
    public interface Opening {
        /** A base by its name, as on the command line. */
        BaseModel base(String name) throws IOException;

        /** The threads. */
        Workers workers();
    }

    /** Copies the words. */
    public Lab {
        words = List.copyOf(words);
    }

    /** Folder of the runs. */
    Path runs() {
        return folder.resolve("runs");
    }
}
