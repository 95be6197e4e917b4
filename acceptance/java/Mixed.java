import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.autograd.memory.Tiles;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.training.EncodedRows;
import dev.graft.training.data.Split;
import dev.graft.training.data.WordNetData;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.EmbeddedModel;
import dev.graft.transformer.model.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Classifies rows of every pair of installed methods, and rows with the classifier alone, in one forward pass on the
 * embedded model, and prints as JSON how far each row is from what it is alone: max|a - b| / max|b|.
 */
public final class Mixed {
    public static void main(String[] args) throws Exception {
        PeftMethods methods = PeftMethods.discover(ModuleLayer.boot());
        List<String> ids = new ArrayList<>(methods.ids());
        ids.add(Adapter.HEAD);
        double worst = 0;
        String where = "";
        int pairs = 0;
        try (BaseModel base = BaseModel.open(EmbeddedModel.directory());
                Workers workers = new Workers(MathMode.FP32, 1)) {
            var data = WordNetData.quick();
            var rows = EncodedRows.of(base, null, data.rows(Split.TEST).subList(0, 6), 64).rows();
            Classifier classifier = new Classifier(base, workers);
            List<Adapter> adapters = new ArrayList<>();
            for (String id : ids) {
                adapters.add(lively(base, methods, id, data.labels()));
            }
            float[][][] alone = new float[adapters.size()][rows.size()][];
            for (int a = 0; a < adapters.size(); a++) {
                for (int r = 0; r < rows.size(); r++) {
                    alone[a][r] = classifier.logits(rows.subList(r, r + 1), adapters.get(a))[0];
                }
            }
            int head = adapters.size() - 1;
            for (int a = 0; a < adapters.size(); a++) {
                for (int b = a + 1; b < adapters.size(); b++, pairs++) {
                    List<Integer> each = Arrays.asList(a, head, b, b, a, head);
                    float[][] mixed = classifier.logits(rows, each.stream().map(adapters::get).toList());
                    for (int r = 0; r < mixed.length; r++) {
                        double distance = distance(alone[each.get(r)][r], mixed[r]);
                        if (distance > worst) {
                            worst = distance;
                            where = ids.get(a) + " and " + ids.get(b);
                        }
                    }
                }
            }
            adapters.forEach(Adapter::close);
        }
        System.out.println("{\"methods\": " + ids.size() + ", \"pairs\": " + pairs + ", \"worst\": " + worst
                + ", \"where\": \"" + where + "\"}");
    }

    private static Adapter lively(BaseModel base, PeftMethods methods, String id, List<String> labels) {
        Adapter adapter = Adapter.create(base, methods, id, Map.of(), labels, 1);
        adapter.tensors().trained().forEach(one -> {
            CounterRandom random = new CounterRandom(1).with(one.name());
            float[] values = one.tensor().toArray();
            for (int i = 0; i < values.length; i++) {
                values[i] += 0.02f * (float) random.gaussian(i);
            }
            Tiles.write(values, one.tensor());
        });
        return adapter;
    }

    private static double distance(float[] expected, float[] actual) {
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            difference = Math.max(difference, Math.abs((double) expected[i] - actual[i]));
            largest = Math.max(largest, Math.abs(expected[i]));
        }
        return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference / largest;
    }
}
