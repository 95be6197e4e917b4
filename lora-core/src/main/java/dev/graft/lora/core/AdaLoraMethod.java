package dev.graft.lora.core;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * AdaLoRA, adaptive budget allocation (Zhang et al. 2023, arXiv 2303.10512, equation 3): y = x W0 + s ((x A) E) B with the
 * diagonal E in the place of singular values. Elements of E that matter least are set to zero as the budget of ranks
 * shrinks ({@link RankBudget}); A and B are kept near orthogonal (equation 4) by a {@linkplain Injection#penalty penalty}.
 *
 * <p>Stored as Hugging Face PEFT does: lora_A [r, in], lora_E [r, 1], lora_B [out, r]; s = alpha / (init_r + 1e-5).
 * Ranks that were given up stay in our files with an E of zero, so that nothing is rounded otherwise after loading; in
 * PEFT's files they are left out, and {@code rank_pattern} says which. Without {@code total_step} the schedule is the
 * run's own length; the file then has PEFT's least, since PEFT loads none without.
 */
public final class AdaLoraMethod implements PeftMethod {
    @Override
    public String id() {
        return "adalora";
    }

    @Override
    public Injection configure(Settings settings, ModelShape model) {
        return new Allocated(AdaLoraSettings.read(settings, model), new ArrayList<>());
    }

    @Override
    public OptionalDouble learningRate() {
        return OptionalDouble.of(1e-2);
    }

    /** The hooks of one adapter, and the triplets that they have between them a budget for. */
    private record Allocated(AdaLoraSettings settings, List<Triplet> triplets) implements Injection {
        @Override
        public Hook attach(Site site, Parameters parameters) {
            if (!settings.targets().contains(site)) {
                return settings.biases().elsewhere(site, parameters);
            }
            int rank = settings.ranks().rank(site);
            Triplet triplet =
                    Triplet.declare(parameters, rank, site.inputSize(), site.outputSize(), settings.startsAsBase());
            triplets.add(triplet);
            Hook bias = settings.biases().at(site, parameters);
            return new LowRank(triplet, settings.scale(), settings.dropout(), bias);
        }

        @Override
        public boolean startsAsBase() {
            return settings.startsAsBase();
        }

        /** The mean of |P Pᵀ - I| over all A and Bᵀ, times the weight. */
        @Override
        public Optional<Var> penalty(Context context) {
            if (settings.weight() == 0) {
                return Optional.empty();
            }
            Var sum = null;
            for (Triplet triplet : triplets) {
                Var one = triplet.distanceFromOrthogonal(context);
                sum = sum == null ? one : sum.add(one);
            }
            return Optional.of(sum.multiply(settings.weight() / (2 * triplets.size())));
        }

        @Override
        public void afterGradients(Step step) {
            settings.budget().apply(step, triplets);
        }
    }

    /** y + s ((x A) E) B: x [tokens, in], y [tokens, out]. */
    private record LowRank(Triplet triplet, double scale, double dropout, Hook bias) implements Hook {
        @Override
        public Var after(Context context, Var x, Var y) {
            return bias.after(context, x, triplet.add(context, context.dropout(x, dropout), y, scale));
        }
    }
}
