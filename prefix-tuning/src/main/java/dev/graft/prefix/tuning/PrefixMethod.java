package dev.graft.prefix.tuning;

import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.Parameters.Tuning;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Site;
import java.util.Map;
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
    public boolean isAdapterHub(Map<String, ?> config) {
        return "prefix_tuning".equals(config.get("architecture"));
    }

    @Override
    public Injection configure(Settings settings, ModelShape model) {
        DeepRows deep = DeepRows.read(settings, model, 20);
        boolean projection = settings.flag("prefix_projection", false);
        int inner = settings.integer("encoder_hidden_size", model.hiddenSize(), 1, Integer.MAX_VALUE);
        PrefixStart start = PrefixStart.read(settings, projection);
        return new Prefixes(deep, projection ? inner : 0, EncoderRate.read(settings), start);
    }

    @Override
    public OptionalDouble learningRate() {
        return OptionalDouble.of(3e-2);
    }

    /** inner: hidden size of the MLP, or 0 for none. */
    private record Prefixes(DeepRows deep, int inner, Tuning tuning, PrefixStart start) implements Injection {
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
                        start.zero());
            }
            return parameters.trainable(deep.table(side), start.table(deep.readers(side)), deep.rows(), size);
        }
    }
}
