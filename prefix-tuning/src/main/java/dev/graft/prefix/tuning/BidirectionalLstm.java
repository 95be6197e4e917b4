package dev.graft.prefix.tuning;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Parameter;
import java.util.ArrayList;
import java.util.List;

/**
 * Layers of an LSTM (Hochreiter and Schmidhuber 1997; with forget gates, Gers et al. 2000) that read rows in both
 * directions, with the gates and names of {@code torch.nn.LSTM}.
 *
 * @param inner size of the state
 * @param dropout between layers, in training
 * @param weights of each layer and direction: input weight [4 inner, in], state weight [4 inner, inner], both biases
 */
record BidirectionalLstm(int inner, double dropout, List<List<Parameter>> weights) {
    /** Declares its tensors, and adds them to a list. */
    static BidirectionalLstm declare(
            EncoderRate parameters, int width, int inner, int layers, double dropout, List<Parameter> declared) {
        List<List<Parameter>> weights = new ArrayList<>();
        Init start = Init.uniform(1 / Math.sqrt(inner));
        for (int i = 0; i < 2 * layers; i++) {
            String end = "_l" + i / 2 + (i % 2 == 0 ? "" : "_reverse");
            String name = "prompt_encoder.lstm_head.";
            int in = i < 2 ? width : 2 * inner;
            List<Parameter> direction = List.of(
                    parameters.trainable(name + "weight_ih" + end, start, 4L * inner, in),
                    parameters.trainable(name + "weight_hh" + end, start, 4L * inner, inner),
                    parameters.trainable(name + "bias_ih" + end, start, 4L * inner),
                    parameters.trainable(name + "bias_hh" + end, start, 4L * inner));
            weights.add(direction);
            declared.addAll(direction);
        }
        return new BidirectionalLstm(inner, dropout, weights);
    }

    /** [rows, width] to [rows, 2 inner]. */
    Var apply(Context context, Var x) {
        Var y = x;
        for (int i = 0; i < weights.size(); i += 2) {
            Var read = i == 0 ? y : context.dropout(y, dropout);
            Var forwards = run(context, read, weights.get(i), false);
            Var backwards = run(context, read, weights.get(i + 1), true);
            y = Var.concat(forwards.transpose(), backwards.transpose()).transpose(); // side by side
        }
        return y;
    }

    private Var run(Context context, Var x, List<Parameter> layer, boolean backwards) {
        int rows = Math.toIntExact(x.size(0));
        Var gates = x.linear(context.use(layer.get(0)), context.use(layer.get(2)));
        Var state = context.constant(new float[inner], 1, inner);
        Var cell = state;
        Var[] states = new Var[rows];
        for (int step = 0; step < rows; step++) {
            int row = backwards ? rows - 1 - step : step;
            Var g = gates.rows(row, row + 1L).add(state.linear(context.use(layer.get(1)), context.use(layer.get(3))));
            Var input = gate(g, 0).activation("sigmoid");
            Var forget = gate(g, 1).activation("sigmoid");
            cell = forget.multiply(cell).add(input.multiply(gate(g, 2).tanh()));
            state = gate(g, 3).activation("sigmoid").multiply(cell.tanh());
            states[row] = state;
        }
        return Var.concat(states);
    }

    /** [1, inner] of [1, 4 inner]. */
    private Var gate(Var gates, int number) {
        return gates.columns((long) number * inner, (number + 1L) * inner);
    }
}
