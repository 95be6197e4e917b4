package dev.graft.transformer.model;

import dev.graft.autograd.Compute;
import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Start;
import dev.graft.transformer.model.architecture.Embedding;
import dev.graft.transformer.model.overlay.Overlay;
import dev.graft.transformer.model.overlay.Route;
import dev.graft.transformer.model.overlay.TokenRow;
import dev.graft.transformer.model.overlay.Training;
import java.util.List;

/** What a tensor's first values may be taken from: the base's embeddings and activations of a text. */
record BaseLook(BaseModel base, Site site) implements Start {
    @Override
    public long[] shape() {
        throw new IllegalStateException("the shape is the tensor's");
    }

    @Override
    public CounterRandom random() {
        throw new IllegalStateException("the random numbers are the tensor's");
    }

    @Override
    public float[] embeddings(String text) {
        int[] tokens = base.tokenizer().encodePlain(text);
        Embedding embedding = base.transformer().first().embedding();
        float[] table = embedding.words().frozenWeight().copy();
        int width = base.config().hiddenSize();
        float[] rows = new float[tokens.length * width];
        for (int i = 0; i < tokens.length; i++) {
            for (int j = 0; j < width; j++) {
                rows[i * width + j] = (float) (table[tokens[i] * width + j] * embedding.scale());
            }
        }
        return rows;
    }

    @Override
    public float[] activations(String text) {
        int[] tokens = base.tokenizer()
                .encode(text, null, base.config().maxPositions())
                .ids();
        float[][] seen = new float[1][];
        try (Compute compute = Compute.open(MathMode.FP32, 1);
                Tape tape = new Tape(compute, false)) {
            Overlay watching = new Overlay(
                    (place, parameters) -> place.equals(site)
                            ? new Hook() {
                                @Override
                                public Var before(Context context, Var x) {
                                    seen[0] = tape.value(x)
                                            .rows(0, context.sequences().tokens())
                                            .toArray();
                                    return x;
                                }
                            }
                            : Hook.NONE,
                    base.shape().sites());
            List<TokenRow> rows = List.of(new TokenRow(tokens, new int[tokens.length]));
            new ForwardPass(base.transformer(), tape, rows, List.of(new Route(watching, 0, 1)), Training.NONE).hidden();
        }
        if (seen[0] == null) {
            throw new IllegalArgumentException("nothing enters site " + site.path() + " when a text is read");
        }
        return seen[0];
    }
}
