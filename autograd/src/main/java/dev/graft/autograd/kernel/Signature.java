package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Tensor;
import java.util.Arrays;

/** What a primitive is cached by: the operation, its flags, and every operand's shape and strides. */
final class Signature {
    private long[] words = new long[40];
    private int length;
    private int hash;

    Signature(int operation) {
        add(operation);
    }

    Signature add(long word) {
        if (length == words.length) {
            words = Arrays.copyOf(words, length * 2);
        }
        words[length++] = word;
        hash = hash * 31 + Long.hashCode(word * 0x9E3779B97F4A7C15L);
        return this;
    }

    Signature add(Tensor tensor) {
        if (tensor == null) {
            return add(-1);
        }
        int rank = tensor.rank();
        add(rank);
        for (int d = 0; d < rank; d++) {
            add(tensor.size(d));
            add(tensor.stride(d));
        }
        return this;
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Signature that
                && hash == that.hash
                && Arrays.equals(words, 0, length, that.words, 0, that.length);
    }
}
