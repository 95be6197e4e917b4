package dev.graft.autograd;

import dev.graft.autograd.memory.Tensor;
import java.util.Arrays;

/** Values below one another: all dimensions but the first are equal. */
final class Concat {
    private Concat() {}

    static Var rows(Var... parts) {
        if (parts.length == 0) {
            throw new IllegalArgumentException("nothing was given to concat");
        }
        Tape tape = parts[0].tape();
        long[] shape = parts[0].shape();
        shape[0] = 0;
        for (Var part : parts) {
            long[] other = part.shape();
            if (other.length == 0 || !Arrays.equals(other, 1, other.length, shape, 1, shape.length)) {
                throw new IllegalArgumentException("cannot put " + part + " below " + parts[0]);
            }
            shape[0] += other[0];
        }
        Tensor out = tape.arena().allocate(shape);
        long from = 0;
        for (Var part : parts) {
            tape.elementwise().copy(part.value(), out.rows(from, from + part.size(0)));
            from += part.size(0);
        }
        Var result = tape.result(out, parts);
        if (result.requiresGradient()) {
            long[] sizes = Arrays.stream(parts).mapToLong(part -> part.size(0)).toArray();
            tape.record(result, dy -> backward(tape, parts, sizes, dy));
        }
        return result;
    }

    private static void backward(Tape tape, Var[] parts, long[] sizes, Tensor dy) {
        long from = 0;
        for (int i = 0; i < parts.length; i++) {
            Tensor share = dy.rows(from, from + sizes[i]);
            tape.contribute(parts[i], (gradient, add) -> {
                if (add) {
                    tape.elementwise().add(gradient, share, gradient);
                } else {
                    tape.elementwise().copy(share, gradient);
                }
            });
            from += sizes[i];
        }
    }
}
