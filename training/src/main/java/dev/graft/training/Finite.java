package dev.graft.training;

import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.util.concurrent.atomic.AtomicBoolean;

/** Looks for NaN and infinities. */
final class Finite {
    private Finite() {}

    /** True if every element is a number. */
    static boolean all(Tensor tensor) {
        float[] tile = new float[Tiles.tile()];
        AtomicBoolean finite = new AtomicBoolean(true);
        Tiles.forEach(tensor, (index, at, length) -> {
            tensor.buffer().get(at, tile, 0, length);
            if (Float.isNaN(zeroSum(tile, length))) {
                finite.set(false);
            }
        });
        return finite.get();
    }

    /** 0 times a finite number is 0, 0 times anything else is NaN; four sums side by side. */
    private static float zeroSum(float[] x, int n) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = 0;
        for (; i + 3 < n; i += 4) {
            a += 0f * x[i];
            b += 0f * x[i + 1];
            c += 0f * x[i + 2];
            d += 0f * x[i + 3];
        }
        for (; i < n; i++) {
            a += 0f * x[i];
        }
        return a + b + c + d;
    }
}
