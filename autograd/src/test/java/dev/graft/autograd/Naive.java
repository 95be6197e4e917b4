package dev.graft.autograd;

/** Definitions in double precision, one element at a time. */
final class Naive {
    private Naive() {}

    /** [batch, m, k] [batch, k, n]. */
    static double[] product(double[] a, double[] b, int m, int k, int n) {
        int batch = a.length / (m * k);
        double[] out = new double[batch * m * n];
        for (int i = 0; i < out.length; i++) {
            int row = i / n;
            for (int j = 0; j < k; j++) {
                out[i] += a[row * k + j] * b[(row / m * k + j) * n + i % n];
            }
        }
        return out;
    }

    /** [batch, rows, columns] to [batch, columns, rows]. */
    static double[] transpose(double[] x, int rows, int columns) {
        double[] out = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int matrix = i / (rows * columns);
            int row = i / columns % rows;
            out[(matrix * columns + i % columns) * rows + row] = x[i];
        }
        return out;
    }

    /** x Wᵀ for W [out, in]. */
    static double[] linear(double[] x, double[] weight, int in) {
        int out = weight.length / in;
        return product(x, transpose(weight, out, in), x.length / in, in, out);
    }

    /** a + factor * b, where b is repeated from its end. */
    static double[] add(double[] a, double factor, double[] b) {
        double[] out = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            out[i] = a[i] + factor * b[i % b.length];
        }
        return out;
    }

    /** a * b, where b is repeated from its end. */
    static double[] multiply(double[] a, double[] b) {
        double[] out = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            out[i] = a[i] * b[i % b.length];
        }
        return out;
    }

    static double[] softmax(double[] x, int width) {
        double[] out = new double[x.length];
        for (int from = 0; from < x.length; from += width) {
            double sum = 0;
            for (int j = from; j < from + width; j++) {
                sum += Math.exp(x[j]);
            }
            for (int j = from; j < from + width; j++) {
                out[j] = Math.exp(x[j]) / sum;
            }
        }
        return out;
    }

    /** (x - mean) / sqrt(variance + epsilon), each row. */
    static double[] normal(double[] x, int width, double epsilon) {
        double[] out = new double[x.length];
        for (int from = 0; from < x.length; from += width) {
            double mean = 0;
            double square = 0;
            for (int j = from; j < from + width; j++) {
                mean += x[j] / width;
            }
            for (int j = from; j < from + width; j++) {
                square += (x[j] - mean) * (x[j] - mean) / width;
            }
            for (int j = from; j < from + width; j++) {
                out[j] = (x[j] - mean) / Math.sqrt(square + epsilon);
            }
        }
        return out;
    }

    /** Sum of squares of each row. */
    static double[] squares(double[] x, int width) {
        double[] out = new double[x.length / width];
        for (int i = 0; i < x.length; i++) {
            out[i / width] += x[i] * x[i];
        }
        return out;
    }

    /** The rows of these numbers. */
    static double[] rows(double[] x, int width, int... numbers) {
        double[] out = new double[numbers.length * width];
        for (int i = 0; i < numbers.length; i++) {
            System.arraycopy(x, numbers[i] * width, out, i * width, width);
        }
        return out;
    }
}
