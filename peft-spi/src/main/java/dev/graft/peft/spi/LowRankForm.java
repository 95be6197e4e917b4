package dev.graft.peft.spi;

import java.util.List;
import java.util.Map;

/**
 * How a method stores updates of linear sites that are products of two narrow matrices: y = x W0 + (x A) B. Called while
 * adapters are converted, on the thread that does so; it keeps no state. An exception ends the conversion, and nothing is
 * written.
 */
public interface LowRankForm {
    /**
     * Settings of an adapter with such updates.
     *
     * @param sites where they are, at least one
     * @param rank of all of them
     * @param biases true if biases change as well
     * @return that {@link PeftMethod#configure} accepts, and with which it declares the {@link #tensors}
     */
    Map<String, Object> settings(List<Site> sites, int rank, boolean biases);

    /**
     * The tensors of a site, by the names that the method declares.
     *
     * @param a A, [rank, in] in row-major order
     * @param b B, [out, rank] in row-major order
     * @param bias the whole new bias, [out], or null if no bias changes or the site has none
     * @return values in row-major order; every tensor of the site that the adapter trains
     */
    Map<String, float[]> tensors(float[] a, float[] b, float[] bias);

    /**
     * Settings of a combination of adapters of this method, with one product of scale 1 at each of some sites. What only
     * matters in training is that of the first adapter.
     *
     * @param settings of the adapters, in order
     * @param ranks of the sites, in the order of the forward pass; at least one
     * @throws SettingsException if adapters with such settings cannot be combined; it says why
     */
    Map<String, Object> combined(List<Map<String, Object>> settings, Map<Site, Integer> ranks);
}
