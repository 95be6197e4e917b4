package dev.graft.transformer.model;

import dev.graft.autograd.Decompositions;
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.Site;
import dev.graft.transformer.model.Combination.Form;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The combination of products at a site as one product B A with a scale of 1, in the three forms of Hugging Face PEFT.
 *
 * @param a A, [rank, in] in row-major order
 * @param b B, [out, rank] in row-major order
 * @param rank of it
 */
@SuppressWarnings("ArrayRecordComponent")
record ProductSum(float[] a, float[] b, int rank) {
    /**
     * Combines.
     *
     * @param products at least one
     * @param rank of a decomposition, if the site has room for it
     */
    static ProductSum of(Site site, List<Product> products, Combination how, TaskArithmetic arithmetic, int rank) {
        Form form = how.kind().form();
        return form == Form.PRODUCT
                ? decomposed(site, products, arithmetic, rank)
                : form == Form.FACTORS ? factors(site, products, how, arithmetic) : sideBySide(site, products);
    }

    /** Weight and scale go into A. */
    private static ProductSum sideBySide(Site site, List<Product> products) {
        float[][] a = new float[products.size()][];
        float[][] b = new float[products.size()][];
        for (int i = 0; i < a.length; i++) {
            Product product = products.get(i);
            a[i] = product.a().clone();
            Product.multiply(a[i], (float) (product.weight() * product.scale()));
            b[i] = product.b();
        }
        float[] wide = Product.sideBySide(b, site.outputSize());
        return new ProductSum(Product.under(a), wide, wide.length / site.outputSize());
    }

    /** The root of weight and scale goes into each factor, the sign into A. */
    private static ProductSum factors(Site site, List<Product> products, Combination how, TaskArithmetic arithmetic) {
        int rank = products.get(0).rank();
        if (products.stream().anyMatch(product -> product.rank() != rank)) {
            throw new SettingsException("combination " + how.kind().word() + " needs one rank, but at " + site.path()
                    + " the adapters have "
                    + products.stream().map(one -> Integer.toString(one.rank())).collect(Collectors.joining(" and "))
                    + "; allowed with several: cat, and the kinds that end in svd");
        }
        double[] rootsA = new double[products.size()];
        double[] rootsB = new double[products.size()];
        for (int i = 0; i < rootsA.length; i++) {
            double factor = products.get(i).weight() * products.get(i).scale();
            rootsB[i] = Math.sqrt(Math.abs(factor));
            rootsA[i] = factor >= 0 ? rootsB[i] : -rootsB[i];
        }
        return new ProductSum(
                arithmetic.combine(
                        site.path() + " A", products.stream().map(Product::a).toList(), rootsA),
                arithmetic.combine(
                        site.path() + " B", products.stream().map(Product::b).toList(), rootsB),
                rank);
    }

    private static ProductSum decomposed(Site site, List<Product> products, TaskArithmetic arithmetic, int rank) {
        float[] sum = arithmetic.combine(
                site.path(),
                products.stream().map(product -> product.whole(site)).toList(),
                products.stream().mapToDouble(Product::weight).toArray());
        Decompositions.LowRank low = Decompositions.singular(sum, site.outputSize(), site.inputSize(), rank);
        return new ProductSum(low.right(1), low.left(1), rank);
    }
}
