package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.nio.FloatBuffer;

/** Sums, factors and copies in plain Java, a tile at a time over heap arrays so that the compiler vectorises. */
public final class Elementwise {
    private final float[] first = new float[Tiles.tile()];
    private final float[] second = new float[Tiles.tile()];

    /** out = a + b, elementwise; all dense or with dense rows, out may be a or b. */
    public void add(Tensor a, Tensor b, Tensor out) {
        combine(a, b, out, (x, y, n) -> {
            for (int i = 0; i < n; i++) {
                x[i] += y[i];
            }
        });
    }

    /** out = a * b, elementwise; out may be a or b. */
    public void multiply(Tensor a, Tensor b, Tensor out) {
        combine(a, b, out, (x, y, n) -> {
            for (int i = 0; i < n; i++) {
                x[i] *= y[i];
            }
        });
    }

    /** out += a * b, elementwise. */
    public void addProduct(Tensor a, Tensor b, Tensor out) {
        FloatBuffer to = out.buffer();
        int shift = out.offset() - a.offset();
        float[] third = new float[Tiles.tile()];
        requireDense(a, b, out);
        Tiles.forEach(a, (index, at, n) -> {
            a.buffer().get(at, first, 0, n);
            b.buffer().get(b.offset() + (int) index, second, 0, n);
            to.get(at + shift, third, 0, n);
            fusedAdd(first, second, third, n);
            to.put(at + shift, third, 0, n);
        });
    }

    private static void fusedAdd(float[] x, float[] y, float[] z, int n) {
        for (int i = 0; i < n; i++) {
            z[i] += x[i] * y[i];
        }
    }

    /** out = factor * a; out may be a. */
    public void scale(Tensor a, float factor, Tensor out) {
        combine(a, null, out, (x, y, n) -> {
            for (int i = 0; i < n; i++) {
                x[i] *= factor;
            }
        });
    }

    /** Copies values between tensors of one shape. */
    public void copy(Tensor from, Tensor to) {
        combine(from, null, to, (x, y, n) -> {});
    }

    /** What is done to a tile: the result is left in x. */
    private interface TileFunction {
        void apply(float[] x, float[] y, int n);
    }

    private void combine(Tensor a, Tensor b, Tensor out, TileFunction function) {
        if (a.isDense() && out.isDense() && (b == null || b.isDense())) {
            tiles(a, b, out, function);
            return;
        }
        if (a.rank() < 2) {
            throw new IllegalArgumentException("a strided vector has no rows");
        }
        for (long row = 0; row < a.size(0); row++) {
            combine(row(a, row), b == null ? null : row(b, row), row(out, row), function);
        }
    }

    private static Tensor row(Tensor tensor, long row) {
        long[] shape = java.util.Arrays.copyOfRange(tensor.shape(), 1, tensor.rank());
        long[] strides = java.util.Arrays.copyOfRange(tensor.strides(), 1, tensor.rank());
        return tensor.view(row * tensor.stride(0), shape, strides);
    }

    private void tiles(Tensor a, Tensor b, Tensor out, TileFunction function) {
        FloatBuffer from = a.buffer();
        FloatBuffer other = b == null ? null : b.buffer();
        FloatBuffer to = out.buffer();
        int start = a.offset();
        int otherStart = b == null ? 0 : b.offset();
        int length = Math.toIntExact(a.length());
        for (int done = 0; done < length; done += first.length) {
            int n = Math.min(first.length, length - done);
            from.get(start + done, first, 0, n);
            if (other != null) {
                other.get(otherStart + done, second, 0, n);
            }
            function.apply(first, second, n);
            to.put(out.offset() + done, first, 0, n);
        }
    }

    /** out[i, j] = a[i, j] * row[j]; out may be a. */
    public void multiplyRows(Tensor a, Tensor row, Tensor out) {
        rowwise(a, row, out, (x, y, n) -> {
            for (int i = 0; i < n; i++) {
                x[i] *= y[i];
            }
        });
    }

    /** out[i, j] = a[i, j] + row[j]; out may be a. */
    public void addRows(Tensor a, Tensor row, Tensor out) {
        rowwise(a, row, out, (x, y, n) -> {
            for (int i = 0; i < n; i++) {
                x[i] += y[i];
            }
        });
    }

    private void rowwise(Tensor a, Tensor row, Tensor out, TileFunction function) {
        int width = Math.toIntExact(a.size(-1));
        float[] factors = row.toArray();
        float[] values = width <= first.length ? first : new float[width];
        long rows = a.length() / Math.max(1, width);
        requireDense(a, out);
        for (int i = 0; i < rows; i++) {
            a.buffer().get(a.offset() + i * width, values, 0, width);
            function.apply(values, factors, width);
            out.buffer().put(out.offset() + i * width, values, 0, width);
        }
    }

    /** sums[j] (+)= the sum over i of a[i, j] (* b[i, j] where b is given). */
    public void columnSums(Tensor a, Tensor b, Tensor sums, boolean accumulate) {
        int width = Math.toIntExact(a.size(-1));
        float[] total = accumulate ? sums.toArray() : new float[width];
        float[] values = new float[width];
        float[] others = new float[width];
        for (long i = 0; i < a.size(0); i++) {
            a.buffer().get((int) (a.offset() + i * a.stride(0)), values, 0, width);
            if (b != null) {
                b.buffer().get((int) (b.offset() + i * b.stride(0)), others, 0, width);
                fusedAdd(values, others, total, width);
            } else {
                for (int j = 0; j < width; j++) {
                    total[j] += values[j];
                }
            }
        }
        Tiles.write(total, sums);
    }

    private static void requireDense(Tensor... tensors) {
        for (Tensor tensor : tensors) {
            if (!tensor.isDense()) {
                throw new IllegalArgumentException("this operation needs dense tensors");
            }
        }
    }
}
