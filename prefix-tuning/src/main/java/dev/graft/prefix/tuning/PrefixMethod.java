package dev.graft.prefix.tuning;

import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.Parameters.Tuning;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Site;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Prefix-Tuning (Li and Liang 2021, arXiv 2101.00190, equation 3): rows P of keys and values stand in front of those
 * of the text in every layer, softmax(q [P_k; K]ᵀ) [P_v; V], and only P is trained.
 *
 * <p>With {@code prefix_projection} P = W2 tanh(W1 E + b1) + b2 in training (section 4.3), at {@code encoder_lr_ratio}
 * times the learning rate; a file holds P alone. Of an
 * encoder-decoder the encoder, the decoder and the cross attention have rows of their own, or the {@code sides} given.
 */
public final class PrefixMethod implements PeftMethod {
    @Override
    public String id() {
        return "prefix";
    }

    @Override
    public String peftType() {
        return "PREFIX_TUNING";
    }

    @Override
    public Injection configure(Settings settings, ModelShape model) {
        DeepRows deep = DeepRows.read(settings, model, 20);
        boolean projection = settings.flag("prefix_projection", false);
        int inner = settings.integer("encoder_hidden_size", model.hiddenSize(), 1, Integer.MAX_VALUE);
        boolean zero =
                settings.choice("init_weights", "random", "random", "zero").equals("zero");
        settings.record("init_weights", zero ? "zero" : null);
        String text = settings.text("init_text", "");
        settings.beyondPeft("init_text");
        if (!text.isEmpty() && (projection || zero)) {
            throw settings.wrong("init_text", text, "a text only without prefix_projection and init_weights=zero");
        }
        return new Prefixes(deep, projection ? inner : 0, EncoderRate.read(settings), zero, text);
    }

    @Override
    public OptionalDouble learningRate() {
        return OptionalDouble.of(3e-2);
    }

    /** inner: hidden size of the MLP, or 0 for none. */
    private record Prefixes(DeepRows deep, int inner, Tuning tuning, boolean zero, String text) implements Injection {
        @Override
        public Hook attach(Site site, Parameters parameters) {
            boolean chosen = deep.caches().contains(site) && deep.sides().contains(site.side());
            return chosen ? deep.hook(site, table(site.side(), parameters.shared())) : Hook.NONE;
        }

        @Override
        public boolean startsAsBase() {
            return false;
        }

        private Parameter table(Side side, Parameters parameters) {
            int size = deep.rowSize(side);
            if (inner > 0) {
                return PrefixEncoder.table(
                        new EncoderRate(parameters, tuning),
                        deep.table(side),
                        deep.rows(),
                        deep.width(),
                        inner,
                        size,
                        zero);
            }
            Init start = zero ? Init.zeros() : text.isEmpty() ? Init.normal(1) : fromText(deep.readers(side), text);
            return parameters.trainable(deep.table(side), start, deep.rows(), size);
        }

        /** The keys and values that each layer makes of the text (section 7.4), over and over until the rows are full. */
        private static Init fromText(List<Site> layers, String text) {
            return (start, values) -> {
                int rows = Math.toIntExact(start.shape()[0]);
                int size = values.length / rows / layers.size();
                for (int layer = 0; layer < layers.size(); layer++) {
                    float[] seen = start.activations(layers.get(layer), text);
                    for (int row = 0; row < rows; row++) {
                        int from = row * size % seen.length;
                        System.arraycopy(seen, from, values, (row * layers.size() + layer) * size, size);
                    }
                }
            };
        }
    }
}
