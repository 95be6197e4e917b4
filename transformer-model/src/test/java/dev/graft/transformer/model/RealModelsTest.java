package dev.graft.transformer.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.Compute;
import dev.graft.autograd.Tape;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.transformer.model.overlay.Route;
import dev.graft.transformer.model.overlay.TokenRow;
import dev.graft.transformer.model.overlay.Training;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of others, whole: {@code mvn test -P real-models} fetches them. */
@Tag("real-models")
class RealModelsTest {
    private static double[] embedding(BaseModel base, String text) {
        int[] tokens = base.tokenizer().encode(text, null, 128).ids();
        List<TokenRow> rows = List.of(new TokenRow(tokens, new int[tokens.length]));
        try (Compute compute = Compute.open(MathMode.FP32, 1);
                Tape tape = new Tape(compute, false)) {
            ForwardPass pass =
                    new ForwardPass(base.transformer(), tape, rows, List.of(new Route(null, 0, 1)), Training.NONE);
            float[] mean = tape.value(pass.hidden().mean(pass.sequences())).toArray();
            double norm = 0;
            for (float value : mean) {
                norm += value * value;
            }
            double[] unit = new double[base.config().hiddenSize()];
            for (int i = 0; i < unit.length; i++) {
                unit[i] = mean[i] / Math.sqrt(norm);
            }
            return unit;
        }
    }

    private static double cosine(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(strings = {"bge-small-en-v15", "e5-small-v2"})
    void sentenceEncodersOutOfTheirJars(String name) throws IOException {
        Path jar = Path.of(System.getProperty("graft.data.dir"), name + ".jar");
        try (BaseModel base = BaseModel.open(jar)) {
            assertEquals(
                    List.of(30522, 384, 12, 12),
                    List.of(
                            base.config().vocabularySize(),
                            base.config().hiddenSize(),
                            base.config().layers(),
                            base.config().attentionHeads()));
            double[] kitten = embedding(base, "query: a kitten sleeps on the sofa");
            double near = cosine(kitten, embedding(base, "query: a young cat naps on the couch"));
            double far = cosine(kitten, embedding(base, "query: the bank raised its interest rates"));
            assertTrue(near > far + 0.1, near + " and " + far);
        }
    }
}
