package dev.graft.training;

import dev.graft.autograd.memory.Shapes;
import dev.graft.autograd.memory.Tiles;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.SafetensorsFile;
import dev.graft.peft.spi.file.SafetensorsWriter;
import dev.graft.transformer.model.overlay.AdapterParameter;
import dev.graft.transformer.model.overlay.AdapterParameter.Kind;
import dev.graft.transformer.model.overlay.AdapterTensors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * An adapter's tensors as bytes and back, for messages between processes: the layout of safetensors, with all that a
 * worker needs to go on (trained and frozen tensors, and what the method remembers). Tensors that are made again from
 * their seed, and those that are computed from others, are left out. The same values give the same bytes.
 */
public final class TensorBytes {
    /** What a step changes. */
    static final Set<Kind> MOVING = EnumSet.of(Kind.TRAINED, Kind.STATE);

    /** What stays as it is for a whole run. */
    static final Set<Kind> STILL = EnumSet.of(Kind.FROZEN);

    private static final Set<Kind> ALL = EnumSet.of(Kind.TRAINED, Kind.STATE, Kind.FROZEN);
    private static final Path SOURCE = Path.of("message");

    private TensorBytes() {}

    /** The tensors' values, bit for bit; at most 2 GB. */
    public static byte[] write(AdapterTensors tensors) {
        return write(tensors, ALL);
    }

    /** The values of some kinds of tensors. */
    static byte[] write(AdapterTensors tensors, Set<Kind> kinds) {
        SafetensorsWriter writer = new SafetensorsWriter();
        for (AdapterParameter parameter : sent(tensors, kinds)) {
            writer.add(parameter.name(), parameter.shape(), parameter.tensor().toArray());
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writer.write(Channels.newChannel(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Sets the tensors of an adapter of the same base, method and settings; all of them or, if something is wrong, none.
     *
     * @throws FileFormatException if the bytes are damaged, a tensor is missing, unknown, of another shape or not finite
     */
    public static void read(byte[] bytes, AdapterTensors into) throws FileFormatException {
        read(bytes, into, ALL, true);
    }

    /**
     * The same for some kinds of tensors.
     *
     * @param finite false to take values that are no numbers too: a run that diverges says so itself
     */
    static void read(byte[] bytes, AdapterTensors into, Set<Kind> kinds, boolean finite) throws FileFormatException {
        Map<AdapterParameter, float[]> values = new LinkedHashMap<>();
        try (SafetensorsFile file = SafetensorsFile.of(SOURCE, bytes)) {
            List<AdapterParameter> wanted = sent(into, kinds);
            TreeSet<String> unknown = new TreeSet<>(file.names());
            wanted.forEach(parameter -> unknown.remove(parameter.name()));
            if (!unknown.isEmpty()) {
                throw new FileFormatException(SOURCE, "holds tensors that the adapter has not: " + unknown);
            }
            for (AdapterParameter parameter : wanted) {
                values.put(parameter, checked(file, parameter, finite));
            }
        } catch (FileFormatException e) {
            throw e;
        } catch (IOException e) {
            throw new FileFormatException(SOURCE, e.getMessage(), e);
        }
        values.forEach((parameter, floats) -> Tiles.write(floats, parameter.tensor()));
    }

    private static float[] checked(SafetensorsFile file, AdapterParameter parameter, boolean finite)
            throws FileFormatException {
        long[] shape = file.entry(parameter.name()).shape();
        if (!Arrays.equals(shape, parameter.shape())) {
            throw new FileFormatException(
                    SOURCE,
                    "tensor '" + parameter.name() + "' has shape " + Shapes.text(shape) + "; the adapter's has "
                            + Shapes.text(parameter.shape()));
        }
        float[] floats = file.floats(parameter.name());
        for (float value : floats) {
            if (finite && !Float.isFinite(value)) {
                throw new FileFormatException(SOURCE, "tensor '" + parameter.name() + "' holds " + value);
            }
        }
        return floats;
    }

    private static List<AdapterParameter> sent(AdapterTensors tensors, Set<Kind> kinds) {
        return tensors.all().stream()
                .filter(parameter -> kinds.contains(parameter.kind()))
                .toList();
    }
}
