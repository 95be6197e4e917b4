package dev.graft.autograd.kernel;

import dev.graft.autograd.check.Strided;
import dev.graft.autograd.memory.Tensor;

/** The kernels' definitions in double precision, one number at a time: what ND4J and oneDNN are both compared with. */
final class Oracle {
    private Oracle() {}

    /** scale * (a b + bias) + addend + before; the last three may be null. */
    static double[] product(Strided a, Strided b, Strided bias, double scale, Strided addend, double[] before) {
        Tensor left = a.tensor();
        int m = (int) left.size(-2);
        int k = (int) left.size(-1);
        int n = (int) b.tensor().size(-1);
        int batch = (int) (left.length() / Math.max(1, (long) m * k));
        double[] x = a.values();
        double[] y = b.values();
        double[] shift = bias == null ? new double[n] : bias.values();
        double[] out = new double[batch * m * n];
        for (int row = 0; row < batch * m; row++) {
            double[] sums = shift.clone();
            addProduct(x, row * k, k, y, row / m * k * n, sums);
            for (int column = 0; column < n; column++) {
                int i = row * n + column;
                out[i] = scale * sums[column] + (before == null ? 0 : before[i]);
            }
        }
        if (addend != null) {
            addRepeated(out, addend, left.shape(), n);
        }
        return out;
    }

    /** Adds the product of a row of x with the rows of y, each sum in the order of its terms. */
    private static void addProduct(double[] x, int from, int k, double[] y, int first, double[] sums) {
        for (int j = 0; j < k; j++) {
            double factor = x[from + j];
            int at = first + j * sums.length;
            for (int column = 0; column < sums.length; column++) {
                sums[column] += factor * y[at + column];
            }
        }
    }

    /**
     * The largest sum of magnitudes behind an element of a product. An element whose terms cancel is as exact as they
     * are, not as itself: a result of one element has nothing else to be measured by.
     */
    static double magnitude(Strided a, Strided b, Strided bias, double scale, Strided addend, double[] before) {
        double[] x = magnitudes(a.values());
        double[] y = magnitudes(b.values());
        int k = (int) a.tensor().size(-1);
        int n = (int) b.tensor().size(-1);
        int m = (int) a.tensor().size(-2);
        double largest = 0;
        for (int row = 0; row < x.length / Math.max(1, k); row++) {
            double[] sums = new double[n];
            addProduct(x, row * k, k, y, row / m * k * n, sums);
            largest = Math.max(largest, largest(sums));
        }
        return Math.abs(scale) * (largest + (bias == null ? 0 : largest(bias.values())))
                + (addend == null ? 0 : largest(addend.values()))
                + (before == null ? 0 : largest(before));
    }

    private static double[] magnitudes(double[] values) {
        return java.util.Arrays.stream(values).map(Math::abs).toArray();
    }

    private static double largest(double[] values) {
        return java.util.Arrays.stream(values).map(Math::abs).max().orElse(0);
    }

    private static void addRepeated(double[] out, Strided addend, long[] shape, int n) {
        double[] values = addend.values();
        shape[shape.length - 1] = n;
        for (int i = 0; i < out.length; i++) {
            int at = 0;
            int step = 1;
            int rest = i;
            for (int d = shape.length - 1; d >= 0; d--) {
                int index = (int) (rest % shape[d]);
                rest /= (int) shape[d];
                at += addend.tensor().size(d) == 1 ? 0 : index * step;
                step *= (int) addend.tensor().size(d);
            }
            out[i] += values[at];
        }
    }

    static double[] softmax(double[] x, int width) {
        double[] y = new double[x.length];
        for (int from = 0; from < x.length; from += width) {
            double largest = Double.NEGATIVE_INFINITY;
            for (int j = from; j < from + width; j++) {
                largest = Math.max(largest, x[j]);
            }
            double sum = 0;
            for (int j = from; j < from + width; j++) {
                sum += y[j] = Math.exp(x[j] - largest);
            }
            for (int j = from; j < from + width; j++) {
                y[j] /= sum;
            }
        }
        return y;
    }

    static double[] softmaxBackward(double[] y, double[] dy, int width) {
        double[] dx = new double[y.length];
        for (int from = 0; from < y.length; from += width) {
            double along = 0;
            for (int j = from; j < from + width; j++) {
                along += y[j] * dy[j];
            }
            for (int j = from; j < from + width; j++) {
                dx[j] = y[j] * (dy[j] - along);
            }
        }
        return dx;
    }
}
