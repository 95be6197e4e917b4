package dev.graft.autograd;

import dev.graft.autograd.memory.Tensor;

/** Walks over the rows of dense [rows, width] tensors in plain Java. */
final class RowFunctions {
    private RowFunctions() {}

    /** out[i, j] = a[i, j] * column[i]. */
    static void multiplyColumn(Tensor a, Tensor column, Tensor out) {
        int width = (int) a.size(1);
        float[] factors = column.toArray();
        float[] row = new float[width];
        for (int i = 0; i < factors.length; i++) {
            a.buffer().get(a.offset() + i * width, row, 0, width);
            for (int j = 0; j < width; j++) {
                row[j] *= factors[i];
            }
            out.buffer().put(out.offset() + i * width, row, 0, width);
        }
    }

    /** dots[i] = the sum over j of a[i, j] * b[i, j]. */
    static void rowDots(Tensor a, Tensor b, Tensor dots) {
        int width = (int) a.size(1);
        float[] x = new float[width];
        float[] y = new float[width];
        for (int i = 0; i < a.size(0); i++) {
            a.buffer().get(a.offset() + i * width, x, 0, width);
            b.buffer().get(b.offset() + i * width, y, 0, width);
            dots.buffer().put(dots.offset() + i, dot(x, y, width));
        }
    }

    /** Four sums side by side: a chain of additions would wait for itself. */
    static float dot(float[] x, float[] y, int n) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = 0;
        for (; i + 3 < n; i += 4) {
            a += x[i] * y[i];
            b += x[i + 1] * y[i + 1];
            c += x[i + 2] * y[i + 2];
            d += x[i + 3] * y[i + 3];
        }
        for (; i < n; i++) {
            a += x[i] * y[i];
        }
        return a + b + (c + d);
    }
}
