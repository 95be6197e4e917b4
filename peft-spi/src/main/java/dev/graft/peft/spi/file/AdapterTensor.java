package dev.graft.peft.spi.file;

import dev.graft.autograd.memory.Shapes;

/**
 * A stored tensor of an adapter.
 *
 * @param shape its extents; not to be changed
 * @param values its elements in row-major order; not to be changed
 */
public record AdapterTensor(long[] shape, float[] values) {
    /** Checks that shape and values agree. */
    public AdapterTensor {
        if (Shapes.size(shape) != values.length) {
            throw new IllegalArgumentException(
                    "a tensor of shape " + Shapes.text(shape) + " was given " + values.length + " values");
        }
    }

    /** Index of the first element that is NaN or infinite, or -1. */
    int firstNotFinite() {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                return i;
            }
        }
        return -1;
    }
}
