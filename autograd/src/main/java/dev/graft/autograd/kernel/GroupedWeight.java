package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.ValueGroups;
import org.bytedeco.dnnl.memory;

/** A quantised weight as products read it: numbers, a scale and perhaps an offset for each group. Shared by threads. */
final class GroupedWeight implements AutoCloseable {
    private final ValueGroups groups;
    private final PackedWeight numbers;
    private final Storage scales;
    private final Storage offsets;
    private final Tensor scale;
    private final Tensor offset;

    /**
     * A weight [k, n].
     *
     * @param scales [k / size, n]
     * @param offsets likewise, or null
     */
    GroupedWeight(ValueGroups groups, PackedWeight numbers, Storage scales, Storage offsets, long k, long n) {
        this.groups = groups;
        this.numbers = numbers;
        this.scales = scales;
        this.offsets = offsets;
        this.scale = Tensor.over(scales, 0, k / groups.size(), n);
        this.offset = offsets == null ? null : Tensor.over(offsets, 0, k / groups.size(), n);
    }

    ValueGroups groups() {
        return groups;
    }

    memory.desc layout() {
        return numbers.layout();
    }

    /** Of the numbers. */
    long address() {
        return numbers.address();
    }

    /** Address of the scales. */
    long scales() {
        return scale.address();
    }

    /** [k / size, n], or null. */
    Tensor offsets() {
        return offset;
    }

    @Override
    public void close() {
        numbers.close();
        scales.close();
        if (offsets != null) {
            offsets.close();
        }
    }
}
