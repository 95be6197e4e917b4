package dev.graft.training.plan;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.training.data.DataSet;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import java.io.IOException;

/**
 * Where a run starts.
 *
 * @param adapter with its first values
 * @param data with its labels in the adapter's order
 * @param origin hash of the tensors that it starts from, or null if they come from the seed
 * @param below hash of the tensors that it stands on, or null
 * @param method whose learning rate counts
 */
public record RunStart(Adapter adapter, DataSet data, String origin, String below, String method)
        implements AutoCloseable {
    /**
     * Makes or loads the adapter.
     *
     * @throws SettingsException if what is told contradicts itself, the adapter or the data
     */
    public static RunStart open(BaseModel base, PeftMethods methods, RunOrigin origin, DataSet data, long seed)
            throws IOException {
        return new RunStarter(base, methods, origin, data).start(seed);
    }

    @Override
    public void close() {
        adapter.close();
    }
}
