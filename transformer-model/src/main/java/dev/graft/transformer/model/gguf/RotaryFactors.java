package dev.graft.transformer.model.gguf;

import dev.graft.peft.spi.file.FileFormatException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Finds the four numbers of Llama 3.1's rope_scaling that a tensor of factors was made of. */
final class RotaryFactors {
    private static final double LOW = 1;
    private static final double HIGH = 4;
    private static final int TRAINED = 8192;
    private static final double TOLERANCE = 1e-4;

    private RotaryFactors() {}

    static Map<String, Object> scaling(GgufFile file, String name, double base, int head) throws FileFormatException {
        GgufTensor tensor = file.tensors().get(name);
        int pairs = head / 2;
        if (tensor.shape().length != 1 || tensor.shape()[0] != pairs) {
            throw new FileFormatException(file.path(), "tensor '" + name + "' needs " + pairs + " values");
        }
        float[] factors = new float[pairs];
        tensor.type().decode(file.bytes(name), 0, factors, 0, pairs);
        float most = factors[pairs - 1];
        for (int i = 0; i < pairs; i++) {
            double expected = factor(2 * Math.PI * Math.pow(base, 2.0 * i / head), most);
            if (!(Math.abs(factors[i] - expected) <= TOLERANCE * expected)) {
                throw new FileFormatException(
                        file.path(),
                        "tensor '" + name + "' holds the factor " + factors[i] + " for pair " + i
                                + "; allowed: those of Llama 3.1, here " + expected);
            }
        }
        Map<String, Object> scaling = new LinkedHashMap<>();
        scaling.put("rope_type", "llama3");
        scaling.put("factor", (double) most);
        scaling.put("low_freq_factor", LOW);
        scaling.put("high_freq_factor", HIGH);
        scaling.put("original_max_position_embeddings", TRAINED);
        return scaling;
    }

    /** Long waves are stretched by the factor, short ones not, those between in part. */
    private static double factor(double wave, double most) {
        if (wave < TRAINED / HIGH) {
            return 1;
        }
        if (wave > TRAINED / LOW) {
            return most;
        }
        double smooth = (TRAINED / wave - LOW) / (HIGH - LOW);
        return 1 / ((1 - smooth) / most + smooth);
    }
}
