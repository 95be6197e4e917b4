package dev.graft.prefix.tuning;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters.Tuning;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * P-tuning (Liu et al. 2021, arXiv 2103.10385, equation 4): rows in front of the embedded text that come out of a small
 * encoder, h = MLP(E) or h = MLP([LSTM(E) forwards; LSTM(E) backwards]), in training; a file holds the rows h alone.
 *
 * <p>The encoders are Hugging Face PEFT's: three linear layers with rectifiers between them, or
 * {@code encoder_num_layers} layers of a bidirectional LSTM and two linear layers; they are trained at
 * {@code encoder_lr_ratio} times the learning rate.
 */
public final class PTuningMethod implements PeftMethod {
    @Override
    public String id() {
        return "p-tuning";
    }

    @Override
    public Injection configure(Settings settings, ModelShape model) {
        PromptRows rows = PromptRows.read(settings, model);
        boolean lstm = settings.choice("encoder_reparameterization_type", "MLP", "MLP", "LSTM")
                .equals("LSTM");
        int inner = settings.integer("encoder_hidden_size", rows.width(), 1, Integer.MAX_VALUE);
        boolean any = lstm || settings.madeByPeft(); // PEFT writes what its MLP does not use
        int layers = settings.integer("encoder_num_layers", 2, any ? 1 : 2, any ? Integer.MAX_VALUE : 2);
        double dropout = settings.number("encoder_dropout", 0, 0, any ? Math.nextDown(1.0) : 0);
        if (!lstm) { // what is used: a file of PEFT may say otherwise, and nothing else could read it as its own
            settings.record("encoder_num_layers", 2);
            settings.record("encoder_dropout", 0.0);
        }
        Sizes sizes = new Sizes(rows.tableRows(), rows.width(), inner, lstm ? layers : 0, dropout);
        Tuning tuning = EncoderRate.read(settings);
        return rows.injection(parameters -> table(new EncoderRate(parameters, tuning), sizes));
    }

    @Override
    public OptionalDouble learningRate() {
        return OptionalDouble.of(3e-2);
    }

    /** lstmLayers: 0 for the MLP alone. */
    private record Sizes(int rows, int hidden, int inner, int lstmLayers, double dropout) {}

    private static Parameter table(EncoderRate parameters, Sizes sizes) {
        Parameter rows =
                parameters.trainable("prompt_encoder.embedding.weight", Init.normal(1), sizes.rows, sizes.hidden);
        List<Parameter> inputs = new ArrayList<>(List.of(rows));
        int[] widths = sizes.lstmLayers == 0
                ? new int[] {sizes.hidden, sizes.inner, sizes.inner, sizes.hidden}
                : new int[] {2 * sizes.inner, 2 * sizes.inner, sizes.hidden};
        BidirectionalLstm lstm = sizes.lstmLayers == 0
                ? null
                : BidirectionalLstm.declare(
                        parameters, sizes.hidden, sizes.inner, sizes.lstmLayers, sizes.dropout, inputs);
        int head = inputs.size();
        for (int i = 0; i + 1 < widths.length; i++) {
            String name = "prompt_encoder.mlp_head." + 2 * i;
            Init start = Init.uniform(1 / Math.sqrt(widths[i])); // as torch starts its linear layers
            inputs.add(parameters.trainable(name + ".weight", start, widths[i + 1], widths[i]));
            inputs.add(parameters.trainable(name + ".bias", start, widths[i + 1]));
        }
        List<Parameter> layers = List.copyOf(inputs.subList(head, inputs.size()));
        return parameters.derived(
                "prompt_embeddings",
                inputs,
                context -> {
                    Var x = context.use(rows);
                    return mlp(context, layers, lstm == null ? x : lstm.apply(context, x));
                },
                sizes.rows,
                sizes.hidden);
    }

    /** Linear layers, given by weight and bias, with rectifiers between them. */
    private static Var mlp(Context context, List<Parameter> layers, Var x) {
        Var y = x;
        for (int i = 0; i < layers.size(); i += 2) {
            y = (i == 0 ? y : y.relu()).linear(context.use(layers.get(i)), context.use(layers.get(i + 1)));
        }
        return y;
    }
}
