package dev.graft.transformer.model.family;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.architecture.Blueprint;

/** A family of models: what the keys of its config.json mean, and how its checkpoints name their weights. */
@FunctionalInterface
interface Family {
    /**
     * Turns a family's keys into a plan.
     *
     * @throws FileFormatException if a key that changes results is missing, wrong or not supported
     */
    Blueprint read(ConfigReader config) throws FileFormatException;
}
