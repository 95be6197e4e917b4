import dev.graft.autograd.kernel.MathMode;
import dev.graft.autograd.memory.Tiles;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.file.GraftNotes;
import dev.graft.training.EncodedRows;
import dev.graft.training.Memory;
import dev.graft.training.data.Example;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.EmbeddedModel;
import dev.graft.transformer.model.Workers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Loads and unloads adapters of all installed methods on the embedded model, each used for one row, and prints as JSON
 * how large the process is: arguments are a folder for the adapters and the number of loads.
 */
public final class Unload {
    private static final List<String> LABELS = List.of("yes", "no", "perhaps");
    private static final int SAMPLES = 10;

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        int loads = Integer.parseInt(args[1]);
        PeftMethods methods = PeftMethods.discover(ModuleLayer.boot());
        List<String> ids = new ArrayList<>(methods.ids());
        ids.add(Adapter.HEAD);
        long seen = 0;
        List<Long> resident = new ArrayList<>();
        boolean swapped;
        try (BaseModel base = BaseModel.open(EmbeddedModel.directory());
                Workers workers = new Workers(MathMode.FP32, 1)) {
            var row = EncodedRows.of(base, null, List.of(new Example("The boat is on the lake.", "yes")), 32).rows();
            Classifier classifier = new Classifier(base, workers);
            for (String id : ids) {
                try (Adapter adapter = Adapter.create(base, methods, id, Map.of(), LABELS, 1)) {
                    AdapterFolder.save(folder.resolve(id), base, adapter, GraftNotes.NONE, false);
                }
            }
            try (Adapter kept = lively(base, methods)) {
                float[] before = classifier.logits(row, kept)[0];
                for (int i = 0; i < loads; i++) {
                    String id = ids.get(i % ids.size());
                    try (Adapter adapter = AdapterFolder.load(base, methods, folder.resolve(id)).adapter()) {
                        classifier.logits(row, adapter);
                        seen += Float.BYTES * adapter.tensors().all().stream().mapToLong(one -> one.length()).sum();
                    }
                    if ((i + 1) % (loads / SAMPLES) == 0) {
                        Memory.giveBack();
                        Memory.giveBack();
                        resident.add(Memory.residentKiB());
                    }
                }
                swapped = Arrays.equals(before, classifier.logits(row, kept)[0]);
            }
        }
        System.out.println("{\"methods\": " + ids.size() + ", \"loads\": " + loads + ", \"tensors_kib\": " + seen / 1024
                + ", \"resident_kib\": " + resident + ", \"same_output\": " + swapped + "}");
    }

    private static Adapter lively(BaseModel base, PeftMethods methods) {
        Adapter adapter = Adapter.create(base, methods, "lora", Map.of("init_lora_weights", false), LABELS, 2);
        adapter.tensors().trained().forEach(one -> {
            float[] values = one.tensor().toArray();
            for (int i = 0; i < values.length; i++) {
                values[i] += 0.01f * (i % 7 - 3);
            }
            Tiles.write(values, one.tensor());
        });
        return adapter;
    }
}
