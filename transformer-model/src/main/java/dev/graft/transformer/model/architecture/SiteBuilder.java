package dev.graft.transformer.model.architecture;

import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the sites of a model in the order of the forward pass, and reads each weight once. */
final class SiteBuilder {
    private final WeightSource source;
    private final String root;
    private final String prefix;
    private final int hidden;
    private final List<Site> sites = new ArrayList<>();
    private final Map<String, FrozenWeight> weights = new LinkedHashMap<>();
    private Side side = Side.ENCODER;
    private boolean transposed;
    private NormKind norms = NormKind.LAYER;

    /**
     * A builder.
     *
     * @param root in front of all paths
     * @param prefix in front of the names of weights in this checkpoint: the root, or nothing
     */
    SiteBuilder(WeightSource source, String root, String prefix, int hidden) {
        this.source = source;
        this.root = root;
        this.prefix = prefix;
        this.hidden = hidden;
    }

    /** The stack of the next sites, and how its linear weights lie. */
    SiteBuilder in(Side newSide, boolean weightsTransposed) {
        side = newSide;
        transposed = weightsTransposed;
        return this;
    }

    /** How the next norms normalise. */
    SiteBuilder norms(NormKind kind) {
        norms = kind;
        return this;
    }

    ModelSite linear(Slot slot, int layer, String path, int in, int out) {
        return linear(slot, layer, path, in, out, true);
    }

    ModelSite linear(Slot slot, int layer, String path, int in, int out, boolean biased) {
        FrozenWeight weight = transposed
                ? weights.computeIfAbsent(
                        prefix + path + ".weight",
                        name -> source.get(name, in, out).transposed())
                : weight(path + ".weight", out, in);
        FrozenWeight bias = biased ? weight(path + ".bias", out) : null;
        return add(new ModelSite(root + path, slot, layer, side, in, out, weight, bias, null));
    }

    /** Some output features of a fused projection, as a site of their own. */
    ModelSite part(Slot slot, ModelSite whole, String name, int from, int to) {
        return add(new ModelSite(
                whole.path() + "." + name,
                slot,
                whole.layer(),
                side,
                whole.inputSize(),
                to - from,
                whole.frozenWeight().part(from, to),
                whole.frozenBias().part(from, to),
                whole));
    }

    /** A linear site whose path and weights have no root in front. */
    ModelSite linearOutside(Slot slot, String path, int in, int out) {
        FrozenWeight weight = outside(path + ".weight", out, in);
        return add(new ModelSite(path, slot, -1, side, in, out, weight, outside(path + ".bias", out), null));
    }

    ModelSite norm(int layer, String path) {
        return norm(layer, path, hidden);
    }

    ModelSite norm(int layer, String path, int width) {
        return add(new ModelSite(
                root + path,
                Slot.NORM,
                layer,
                side,
                width,
                width,
                weight(path + ".weight", width),
                norms.centred() ? weight(path + ".bias", width) : null,
                null,
                norms));
    }

    ModelSite place(Slot slot, int layer, String path) {
        return add(new ModelSite(root + path, slot, layer, side, hidden, hidden, null, null, null));
    }

    /** A site at a weight that is known already. */
    ModelSite at(Slot slot, String path, int in, int out, FrozenWeight weight) {
        return add(new ModelSite(path, slot, -1, side, in, out, weight, null, null));
    }

    private ModelSite add(ModelSite site) {
        sites.add(site);
        return site;
    }

    /** A weight of the body. */
    FrozenWeight weight(String path, long... shape) {
        return weights.computeIfAbsent(prefix + path, name -> source.get(name, shape));
    }

    /** A weight outside the body, whose name has no prefix. */
    FrozenWeight outside(String name, long... shape) {
        return weights.computeIfAbsent(name, n -> source.get(n, shape));
    }

    List<Site> sites() {
        return sites;
    }

    List<FrozenWeight> weights() {
        return List.copyOf(weights.values());
    }
}
