package dev.graft.transformer.model;

import dev.graft.peft.spi.LowRankTerm;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Site;
import dev.graft.transformer.model.overlay.AdapterParameter;
import java.util.List;

/**
 * What an adapter adds to the weight of a site as one product of narrow matrices, scale B A.
 *
 * @param weight of the adapter
 * @param a A, [rank, in] in row-major order
 * @param b B, [out, rank] in row-major order
 * @param rank of the product
 * @param scale factor on the product
 */
@SuppressWarnings("ArrayRecordComponent")
record Product(double weight, float[] a, float[] b, int rank, double scale) {
    /** A sum of products as one: their matrices side by side. */
    static Product of(WeightedAdapter part, List<LowRankTerm> terms, Site site) {
        double scale = terms.get(0).scale();
        float[][] a = new float[terms.size()][];
        float[][] b = new float[terms.size()][];
        for (int i = 0; i < a.length; i++) {
            a[i] = value(part, terms.get(i).a());
            b[i] = value(part, terms.get(i).b());
            multiply(b[i], (float) (terms.get(i).scale() / scale));
        }
        int out = site.outputSize();
        float[] wide = sideBySide(b, out);
        return new Product(part.weight(), under(a), wide, wide.length / out, scale);
    }

    private static float[] value(WeightedAdapter part, Parameter parameter) {
        return part.adapter().value((AdapterParameter) parameter);
    }

    /** The product itself with its scale, [out, in]. */
    float[] whole(Site site) {
        int in = site.inputSize();
        int out = site.outputSize();
        float[] whole = new float[out * in];
        for (int i = 0; i < out; i++) {
            for (int k = 0; k < rank; k++) {
                float factor = (float) (scale * b[i * rank + k]);
                for (int j = 0; j < in; j++) {
                    whole[i * in + j] += factor * a[k * in + j];
                }
            }
        }
        return whole;
    }

    static void multiply(float[] values, float factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
    }

    /** Matrices of any rows and equal columns, one under the other. */
    static float[] under(float[]... matrices) {
        int length = 0;
        for (float[] matrix : matrices) {
            length += matrix.length;
        }
        float[] all = new float[length];
        int at = 0;
        for (float[] matrix : matrices) {
            System.arraycopy(matrix, 0, all, at, matrix.length);
            at += matrix.length;
        }
        return all;
    }

    /** Matrices of equal rows and any columns, side by side. */
    static float[] sideBySide(float[][] matrices, int rows) {
        int width = under(matrices).length / rows;
        float[] all = new float[rows * width];
        int at = 0;
        for (float[] matrix : matrices) {
            int own = matrix.length / rows;
            for (int i = 0; i < rows; i++) {
                System.arraycopy(matrix, i * own, all, i * width + at, own);
            }
            at += own;
        }
        return all;
    }
}
