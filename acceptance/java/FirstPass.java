import dev.graft.autograd.kernel.MathMode;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.LanguageModel;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.overlay.TokenRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Opens a base, asks for its fingerprint and reads a prompt with it, and prints as JSON the milliseconds since it began
 * at each of these points: arguments are the base, a prompt and the number of threads.
 */
public final class FirstPass {
    public static void main(String[] args) throws Exception {
        List<Double> ms = new ArrayList<>();
        long begin = System.nanoTime();
        try (BaseModel base = BaseModel.open(Path.of(args[0]));
                Workers workers = new Workers(MathMode.FP32, Integer.parseInt(args[2]))) {
            ms.add((System.nanoTime() - begin) / 1e6);
            base.fingerprint();
            ms.add((System.nanoTime() - begin) / 1e6);
            int[] tokens = base.promptTokens(args[1]);
            List<TokenRow> rows = List.of(new TokenRow(tokens, new int[tokens.length]));
            LanguageModel model = new LanguageModel(base, workers);
            float[] logits = model.next(rows, Collections.nCopies(1, null))[0];
            ms.add((System.nanoTime() - begin) / 1e6);
            model.next(rows, Collections.nCopies(1, null));
            ms.add((System.nanoTime() - begin) / 1e6);
            System.out.println("{\"opened\": " + ms.get(0) + ", \"fingerprint\": " + ms.get(1) + ", \"first_pass\": "
                    + ms.get(2) + ", \"second_pass\": " + ms.get(3) + ", \"tokens\": " + tokens.length
                    + ", \"classes\": " + logits.length + "}");
        }
    }
}
