package dev.graft.autograd;

import org.bytedeco.openblas.global.openblas;

/**
 * Decompositions of matrices on the heap in double precision, for first values and conversions. They are no operations of
 * a tape: nothing is differentiated.
 */
public final class Decompositions {
    private Decompositions() {}

    /**
     * A matrix of low rank, left times the diagonal times right.
     *
     * @param left [rows, rank]
     * @param diagonal [rank], not negative
     * @param right [rank, columns]
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record LowRank(double[] left, double[] diagonal, double[] right) {
        /** The left factor with the roots of the diagonal, times a factor: [rows, rank] in row-major order. */
        public float[] left(double factor) {
            float[] values = new float[left.length];
            int rank = diagonal.length;
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (left[i] * Math.sqrt(diagonal[i % rank]) * factor);
            }
            return values;
        }

        /** The right factor with the roots of the diagonal, times a factor: [rank, columns] in row-major order. */
        public float[] right(double factor) {
            float[] values = new float[right.length];
            int columns = right.length / diagonal.length;
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (right[i] * Math.sqrt(diagonal[i / columns]) * factor);
            }
            return values;
        }
    }

    /**
     * The largest singular values with their vectors: the best approximation of this rank (Eckart and Young 1936).
     *
     * @param matrix [rows, columns] in row-major order
     * @param rank from 1 to the smaller side
     * @throws ArithmeticException if there is no decomposition, as of a matrix with NaN
     */
    public static LowRank singular(float[] matrix, int rows, int columns, int rank) {
        int side = check(matrix, rows, columns, rank);
        double[] values = new double[side];
        double[] left = new double[rows * side];
        double[] right = new double[side * columns];
        int failed = openblas.LAPACKE_dgesdd(
                openblas.LAPACK_ROW_MAJOR,
                (byte) 'S',
                rows,
                columns,
                doubles(matrix),
                columns,
                values,
                left,
                side,
                right,
                columns);
        if (failed != 0) {
            throw new ArithmeticException(
                    "a matrix of " + rows + " x " + columns + " has no singular values (LAPACK says " + failed + ")");
        }
        return new LowRank(
                columns(left, rows, side, rank),
                java.util.Arrays.copyOf(values, rank),
                java.util.Arrays.copyOf(right, rank * columns));
    }

    /**
     * The first columns of Q and rows of R of a QR decomposition, by Gram and Schmidt's method, done twice. The diagonal
     * is one.
     *
     * @param matrix [rows, columns] in row-major order
     * @param rank from 1 to the smaller side
     */
    public static LowRank orthogonal(float[] matrix, int rows, int columns, int rank) {
        check(matrix, rows, columns, rank);
        double[][] basis = new double[rank][rows];
        for (int k = 0; k < rank; k++) {
            for (int i = 0; i < rows; i++) {
                basis[k][i] = matrix[i * columns + k];
            }
            for (int again = 0; again < 2; again++) {
                for (int j = 0; j < k; j++) {
                    double along = dot(basis[j], basis[k]);
                    for (int i = 0; i < rows; i++) {
                        basis[k][i] -= along * basis[j][i];
                    }
                }
            }
            double length = Math.sqrt(dot(basis[k], basis[k]));
            for (int i = 0; i < rows; i++) {
                basis[k][i] /= length == 0 ? 1 : length;
            }
        }
        double[] left = new double[rows * rank];
        double[] right = new double[rank * columns];
        for (int k = 0; k < rank; k++) {
            for (int i = 0; i < rows; i++) {
                left[i * rank + k] = basis[k][i];
                for (int j = 0; j < columns; j++) {
                    right[k * columns + j] += basis[k][i] * matrix[i * columns + j];
                }
            }
        }
        double[] ones = new double[rank];
        java.util.Arrays.fill(ones, 1);
        return new LowRank(left, ones, right);
    }

    private static int check(float[] matrix, int rows, int columns, int rank) {
        int side = Math.min(rows, columns);
        if (matrix.length != rows * columns || rank < 1 || rank > side) {
            throw new IllegalArgumentException("no decomposition of rank " + rank + " for " + matrix.length
                    + " values as " + rows + " x " + columns);
        }
        return side;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    /** The first columns of [rows, width]. */
    private static double[] columns(double[] values, int rows, int width, int count) {
        double[] kept = new double[rows * count];
        for (int i = 0; i < rows; i++) {
            System.arraycopy(values, i * width, kept, i * count, count);
        }
        return kept;
    }
}
