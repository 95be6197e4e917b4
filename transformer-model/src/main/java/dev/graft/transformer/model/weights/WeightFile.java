package dev.graft.transformer.model.weights;

import dev.graft.peft.spi.file.FileFormatException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Set;

/** A file of weights under the names of a Hugging Face checkpoint, mapped read-only. Any number of threads may read. */
public interface WeightFile extends AutoCloseable {
    /** The file. */
    Path path();

    /** Names of the tensors that a model can be computed with. */
    Set<String> names();

    /** What is known of a tensor that is there. */
    WeightEntry entry(String name);

    /**
     * The bytes of a tensor that is there, read-only.
     *
     * @throws FileFormatException if they are more than one buffer holds
     */
    ByteBuffer bytes(String name) throws FileFormatException;

    /** Hands out no more buffers. */
    @Override
    void close();
}
