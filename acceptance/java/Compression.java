import dev.graft.peft.spi.PeftMethods;
import dev.graft.training.Evaluation;
import dev.graft.training.GradientStep;
import dev.graft.training.MemoryStore;
import dev.graft.training.Replica;
import dev.graft.training.ReplicaSpec;
import dev.graft.training.StepEngine;
import dev.graft.training.TrainingListener;
import dev.graft.training.TrainingRun;
import dev.graft.training.TrainingSettings;
import dev.graft.training.data.ClassificationData;
import dev.graft.training.data.WordNetData;
import dev.graft.training.plan.GivenSettings;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.EmbeddedModel;
import dev.graft.transformer.model.Workers;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;
import java.util.zip.Deflater;

/**
 * Gradients of micro-batches, made smaller on their way to the leader: bytes, the error of a step's gradient, and what
 * becomes of the adapter. LoRA on the embedded task's quick set. Arguments: steps, threads.
 */
final class Compression {
    private static final int BLOCK = 256;

    private record Coded(float[] values, long bytes) {}

    private static long sent;
    private static long plain;
    private static double error;
    private static double norm;

    public static void main(String[] args) throws Exception {
        Map<String, UnaryOperator<Coded>> codes = new LinkedHashMap<>();
        codes.put("floats", one -> one);
        codes.put("deflated", Compression::deflated);
        codes.put("bf16", Compression::bf16);
        codes.put("int8", Compression::int8);
        codes.put("top 1 %", Compression::top);
        StringBuilder json = new StringBuilder();
        try (BaseModel base = BaseModel.open(EmbeddedModel.directory());
                Workers workers = new Workers("fp32", Integer.parseInt(args[1]))) {
            float[] exact = null;
            for (Map.Entry<String, UnaryOperator<Coded>> code : codes.entrySet()) {
                sent = plain = 0;
                error = norm = 0;
                MemoryStore store = new MemoryStore();
                Evaluation[] last = new Evaluation[1];
                long begin = System.nanoTime();
                float[] values = train(base, workers, Integer.parseInt(args[0]), code.getValue(), store, last);
                exact = exact == null ? values : exact;
                json.append(json.length() == 0 ? "[" : ", ")
                        .append(String.format(
                                java.util.Locale.ROOT,
                                "{\"code\": \"%s\", \"share_of_bytes\": %.4f, \"gradient_error\": %.3e, "
                                        + "\"adapter_error\": %.3e, \"loss\": %.4f, \"accuracy\": %.4f, \"seconds\": %.1f}",
                                code.getKey(),
                                (double) sent / plain,
                                Math.sqrt(error / norm),
                                distance(values, exact),
                                store.losses().get(store.losses().size() - 1)[1],
                                last[0].accuracy(),
                                (System.nanoTime() - begin) / 1e9));
            }
        }
        System.out.println(json.append("]"));
    }

    private static float[] train(
            BaseModel base, Workers workers, int steps, UnaryOperator<Coded> code, MemoryStore store, Evaluation[] last)
            throws Exception {
        PeftMethods methods = PeftMethods.discover(ModuleLayer.boot());
        ClassificationData data = WordNetData.quick();
        TrainingSettings settings = GivenSettings.read(
                Map.of("max_steps", steps), "lora", OptionalDouble.of(1e-2), Integer.MAX_VALUE);
        try (Adapter adapter = Adapter.create(base, methods, "lora", Map.of(), data.labels(), settings.seed());
                Replica replica = new Replica(base, methods, ReplicaSpec.of(adapter, settings.seed()), workers);
                TrainingRun run = new TrainingRun(base, adapter, data, settings, workers, store)) {
            replica.takeStill(Replica.still(adapter));
            StepEngine engine = step -> step(step, replica, adapter, code);
            run.begin();
            while (run.goesOn()) {
                run.advance(engine, new TrainingListener() {
                    @Override
                    public void evaluation(long step, Evaluation evaluation, boolean best) {
                        last[0] = evaluation;
                    }
                });
            }
            ByteBuffer bytes = ByteBuffer.wrap(Replica.moving(adapter)).order(ByteOrder.LITTLE_ENDIAN);
            int header = 8 + (int) bytes.getLong(0);
            return floats(Arrays.copyOfRange(bytes.array(), header, bytes.capacity()));
        }
    }

    private static void step(GradientStep step, Replica replica, Adapter adapter, UnaryOperator<Coded> code) {
        try {
            replica.takeMoving(step.step(), Replica.moving(adapter));
            for (int i = 0; i < step.parts(); i++) {
                Replica.Computed done = replica.compute(step.step(), step.part(i));
                float[] exact = floats(done.gradient());
                Coded coded = code.apply(new Coded(exact, done.gradient().length));
                sent += coded.bytes;
                plain += done.gradient().length;
                for (int j = 0; j < exact.length; j++) {
                    error += Math.pow(exact[j] - coded.values[j], 2);
                    norm += (double) exact[j] * exact[j];
                }
                step.add(i, done.share(), bytes(coded.values));
            }
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Lossless: first bytes of all floats, then second ones, and so on, deflated at the fastest level. */
    private static Coded deflated(Coded one) {
        byte[] raw = bytes(one.values);
        byte[] shuffled = new byte[raw.length];
        int n = raw.length / 4;
        for (int i = 0; i < raw.length; i++) {
            shuffled[i % 4 * n + i / 4] = raw[i];
        }
        Deflater deflater = new Deflater(1);
        deflater.setInput(shuffled);
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 16];
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return new Coded(one.values, out.size());
    }

    private static Coded bf16(Coded one) {
        float[] values = new float[one.values.length];
        for (int i = 0; i < values.length; i++) {
            int bits = Float.floatToRawIntBits(one.values[i]);
            values[i] = Float.intBitsToFloat((bits + 0x7fff + (bits >>> 16 & 1)) & 0xffff0000);
        }
        return new Coded(values, 2L * values.length);
    }

    /** A byte each, and a factor for every 256. */
    private static Coded int8(Coded one) {
        float[] values = new float[one.values.length];
        for (int from = 0; from < values.length; from += BLOCK) {
            int to = Math.min(values.length, from + BLOCK);
            float largest = 0;
            for (int i = from; i < to; i++) {
                largest = Math.max(largest, Math.abs(one.values[i]));
            }
            float unit = largest / 127;
            for (int i = from; i < to; i++) {
                values[i] = unit == 0 ? 0 : Math.round(one.values[i] / unit) * unit;
            }
        }
        return new Coded(values, values.length + 4L * ((values.length + BLOCK - 1) / BLOCK));
    }

    /** The largest hundredth, each with its place. */
    private static Coded top(Coded one) {
        float[] sizes = new float[one.values.length];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = Math.abs(one.values[i]);
        }
        Arrays.sort(sizes);
        float least = sizes[sizes.length - Math.max(1, sizes.length / 100)];
        float[] values = new float[sizes.length];
        int kept = 0;
        for (int i = 0; i < values.length; i++) {
            if (Math.abs(one.values[i]) >= least && one.values[i] != 0) {
                values[i] = one.values[i];
                kept++;
            }
        }
        return new Coded(values, 8L * kept);
    }

    private static double distance(float[] a, float[] b) {
        double far = 0;
        double size = 0;
        for (int i = 0; i < a.length; i++) {
            far += Math.pow(a[i] - b[i], 2);
            size += (double) b[i] * b[i];
        }
        return Math.sqrt(far / size);
    }

    private static byte[] bytes(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    private static float[] floats(byte[] bytes) {
        FloatBuffer from = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        float[] values = new float[from.remaining()];
        from.get(values);
        return values;
    }
}
