package dev.graft.prefix.tuning;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import java.util.function.Function;

/**
 * Rows in front of the embedded text, out of one table as Hugging Face PEFT lays it out: [rows * stacks, hidden]. Of an
 * encoder-decoder the first rows stand in front of the encoder's text, and the others are not used.
 *
 * @param rows rows in front of a text
 * @param stacks 2 where a file has as many rows more, else 1
 * @param embedding where the text is embedded
 */
record PromptRows(int rows, int stacks, Site embedding) {
    /** Reads {@code num_virtual_tokens} and the sizes that PEFT's files repeat. */
    static PromptRows read(Settings settings, ModelShape model) {
        int rows = settings.integer("num_virtual_tokens", 20, 1, model.maxPositions() - 1);
        boolean two = model.sites().stream().anyMatch(site -> site.side() == Side.CROSS);
        int stacks = settings.integer("num_transformer_submodules", two ? 2 : 1, 1, two ? 2 : 1);
        // of two stacks PEFT notes one's layers and heads; rows at the embedding depend on neither
        int layers = model.layers();
        settings.integer("num_layers", layers, two ? 1 : layers, two ? Integer.MAX_VALUE : layers);
        int heads = model.attentionHeads();
        settings.integer("num_attention_heads", heads, two ? 1 : heads, two ? Integer.MAX_VALUE : heads);
        Site embedding = model.sites().stream()
                .filter(site -> site.slot() == Slot.EMBEDDING && (!two || site.side() == Side.ENCODER))
                .findFirst()
                .orElseThrow();
        int width = embedding.outputSize(); // narrower than the hidden states in some models
        settings.integer("token_dim", width, width, width);
        return new PromptRows(rows, stacks, embedding);
    }

    /** Features of a row: those of a word's embedding. */
    int width() {
        return embedding.outputSize();
    }

    /** Rows of the table. */
    int tableRows() {
        return rows * stacks;
    }

    /** A method that puts these rows there. */
    Injection injection(Function<Parameters, Parameter> table) {
        return new Injection() {
            @Override
            public Hook attach(Site site, Parameters parameters) {
                return site.equals(embedding) ? new Front(table.apply(parameters.shared()), rows) : Hook.NONE;
            }

            @Override
            public boolean startsAsBase() {
                return false;
            }
        };
    }

    private record Front(Parameter table, int positions) implements Hook {
        @Override
        public Var after(Context context, Var x, Var y) {
            return Var.concat(context.use(table).rows(0, positions), y);
        }
    }
}
