package dev.graft.lora.core;

import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.Decompositions;
import dev.graft.peft.spi.Site;

/**
 * The start {@code orthogonal} of Hugging Face PEFT (after https://datta0.github.io/posts/rethink-lora-init): A and B are
 * both random, and their product is zero up to rounding. Of an orthogonal matrix Q [r, r] A has the rows of odd and B those
 * of even number: A = (G Q_odd)ᵀ / 10, B = H Q_even / 10, with G [in, r/2] and H [out, r/2] normal, so B A = H Q_even
 * Q_oddᵀ Gᵀ / 100 = 0.
 *
 * <p>G and H follow from the run's seed. A and B need the same Q, but see no common random number, so Q follows from the
 * site's path alone; what the seed turns is how A and B lie in the spaces that Q gives them.
 */
final class OrthogonalStart {
    private OrthogonalStart() {}

    static LoraStart of(Site site, int rank) {
        return new LoraStart(
                (start, values) -> {
                    float[] columns = spanned(start.random(), site, rank, 0, values.length / rank);
                    int in = values.length / rank;
                    for (int i = 0; i < values.length; i++) {
                        values[i] = columns[i % in * rank + i / in]; // [in, r] as [r, in]
                    }
                },
                (start, values) -> System.arraycopy(
                        spanned(start.random(), site, rank, 1, values.length / rank), 0, values, 0, values.length),
                false);
    }

    /** Normal numbers [rows, r/2] times every second row of Q, over 10: [rows, r]. */
    private static float[] spanned(CounterRandom random, Site site, int rank, int first, int rows) {
        float[] q = orthogonal(site, rank);
        int half = rank / 2;
        float[] product = new float[rows * rank];
        for (int i = 0; i < rows; i++) {
            for (int k = 0; k < half; k++) {
                double factor = random.gaussian((long) i * half + k) / 10;
                int row = (2 * k + first) * rank;
                for (int j = 0; j < rank; j++) {
                    product[i * rank + j] += (float) (factor * q[row + j]);
                }
            }
        }
        return product;
    }

    /** Q of a normal matrix [r, r]. */
    private static float[] orthogonal(Site site, int rank) {
        CounterRandom random = new CounterRandom(0).with("orthogonal").with(site.path());
        float[] normal = new float[rank * rank];
        for (int i = 0; i < normal.length; i++) {
            normal[i] = (float) random.gaussian(i);
        }
        return Decompositions.orthogonal(normal, rank, rank, rank).left(1);
    }
}
