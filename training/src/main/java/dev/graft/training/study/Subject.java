package dev.graft.training.study;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a study looks at.
 *
 * @param name of the base, as in the experiment
 * @param base open
 * @param workers starts threads, to be closed by whoever asks
 * @param methods that are installed
 * @param adapters that the experiment trained on this base, in its order
 */
public record Subject(
        String name, BaseModel base, Supplier<Workers> workers, PeftMethods methods, List<TrainedAdapter> adapters) {
    /** Copies the list. */
    public Subject {
        adapters = List.copyOf(adapters);
    }

    /**
     * An adapter that was trained.
     *
     * @param data name of the data
     * @param variant name of the variant
     * @param seed of the run
     * @param folder of the adapter
     */
    public record TrainedAdapter(String data, String variant, long seed, Path folder) {
        /** In words: lora r=8, seed 0. */
        String text() {
            return variant + ", seed " + seed;
        }
    }
}
