package dev.graft.transformer.model;

import dev.graft.autograd.memory.Tensor;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Stacked;
import dev.graft.peft.spi.file.AdapterRecord;
import dev.graft.peft.spi.file.GraftNotes;
import dev.graft.transformer.model.architecture.ClassifierHead;
import dev.graft.transformer.model.architecture.HeadPlan;
import dev.graft.transformer.model.architecture.TokenHead;
import dev.graft.transformer.model.architecture.Transformer;
import dev.graft.transformer.model.overlay.AdapterParameter;
import dev.graft.transformer.model.overlay.AdapterTensors;
import dev.graft.transformer.model.overlay.HeadParameters;
import dev.graft.transformer.model.overlay.Overlay;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything that was trained on a base: a method's tensors and, for classification, its head. The baselines are
 * adapters too: {@code head} has no method, {@code full} holds a trained copy of every weight.
 */
public final class Adapter implements AutoCloseable {
    /** The baseline that trains nothing but the classifier. */
    public static final String HEAD = "head";

    /** The baseline that trains a copy of the whole base. */
    public static final String FULL = "full";

    private final String method;
    private final String peftType;
    private final Map<String, Object> settings;
    private final Set<String> keysBeyondPeft;
    private final List<String> labels;
    private final boolean perToken;
    private final Overlay overlay;

    private Adapter(
            String method, String peftType, Settings settings, List<String> labels, boolean perToken, Overlay overlay) {
        this.method = method;
        this.peftType = peftType;
        this.settings = settings.effective();
        this.keysBeyondPeft = settings.keysBeyondPeft();
        this.labels = List.copyOf(labels);
        this.perToken = perToken;
        this.overlay = overlay;
    }

    /**
     * A new adapter for a classification, with first values from a seed.
     *
     * @param method a method's id, {@link #HEAD} or {@link #FULL}
     * @param labels the classes, in the order of the logits
     * @throws SettingsException if the method or a setting is unknown or not allowed
     */
    public static Adapter create(
            BaseModel base,
            PeftMethods methods,
            String method,
            Map<String, ?> settings,
            List<String> labels,
            long seed) {
        return create(base, methods, method, settings, labels, false, seed);
    }

    /**
     * The same for classes of whole texts, or of each of their tokens.
     *
     * @param perToken true for classes of tokens
     * @throws SettingsException if the base's family classifies no tokens, too
     */
    public static Adapter create(
            BaseModel base,
            PeftMethods methods,
            String method,
            Map<String, ?> settings,
            List<String> labels,
            boolean perToken,
            long seed) {
        Adapter adapter = declare(base, methods, method, new Settings(method, settings), labels, perToken);
        try {
            adapter.overlay.initialise(seed, site -> new BaseLook(base, site));
            return adapter;
        } catch (RuntimeException e) {
            adapter.close();
            throw e;
        }
    }

    /**
     * An adapter whose tensors have shapes but no values and no memory: to be looked at and counted, also on an outline of
     * a base.
     *
     * @throws SettingsException if the method or a setting is unknown or not allowed
     */
    public static Adapter outline(
            BaseModel base, PeftMethods methods, String method, Map<String, ?> settings, List<String> labels) {
        return declare(base, methods, method, new Settings(method, settings), labels, false);
    }

    /**
     * A new adapter on top of another, which acts in it and stays as it is. Where both classify by the same labels, the
     * head starts as the lower one's.
     *
     * @param below stays open and unchanged; not a baseline
     * @param method id of the method on top, not a baseline
     * @param settings of that method, as if it were alone
     * @throws SettingsException if the two cannot act together, or a method or setting is unknown or not allowed
     */
    public static Adapter createOn(
            BaseModel base,
            PeftMethods methods,
            Adapter below,
            String method,
            Map<String, ?> settings,
            List<String> labels,
            long seed) {
        return createOn(base, methods, below, method, settings, labels, false, seed);
    }

    /** The same for classes of whole texts, or of each of their tokens. */
    public static Adapter createOn(
            BaseModel base,
            PeftMethods methods,
            Adapter below,
            String method,
            Map<String, ?> settings,
            List<String> labels,
            boolean perToken,
            long seed) {
        for (String id : List.of(below.method, method)) {
            if (id.equals(HEAD) || id.equals(FULL)) {
                throw new SettingsException("'" + id + "' is no method that can act together with others; allowed: "
                        + String.join(", ", methods.ids()));
            }
        }
        WholeModules.refuseStacked(below.settings, "the adapter below");
        WholeModules.refuseStacked(settings, "the new method");
        Stacked both = methods.stack(below.method, below.settings, method, settings);
        Map<String, float[]> values = new LinkedHashMap<>();
        below.methodValues().forEach((name, value) -> values.put(both.prefix() + name, value));
        Adapter adapter = createWith(base, methods, both.id(), both.settings(), labels, perToken, seed, values);
        if (!labels.isEmpty() && labels.equals(below.labels) && perToken == below.perToken) {
            new SharedHead(List.of(new WeightedAdapter(below, 1))).write(adapter);
        }
        return adapter;
    }

    /** A new adapter in which some tensors have given values. */
    static Adapter createWith(
            BaseModel base,
            PeftMethods methods,
            String method,
            Map<String, ?> settings,
            List<String> labels,
            boolean perToken,
            long seed,
            Map<String, float[]> values) {
        Adapter adapter = declare(base, methods, method, new Settings(method, settings), labels, perToken);
        try {
            adapter.overlay.initialise(seed, site -> new BaseLook(base, site), values);
            return adapter;
        } catch (RuntimeException e) {
            adapter.close();
            throw e;
        }
    }

    /** The values of the stored tensors without the classifier's, by name. */
    Map<String, float[]> methodValues() {
        Set<AdapterParameter> head = SharedHead.tensors(this);
        Map<String, float[]> values = new LinkedHashMap<>();
        for (AdapterParameter parameter : overlay.tensors().stored()) {
            if (!head.contains(parameter)) {
                values.put(parameter.name(), value(parameter));
            }
        }
        return values;
    }

    /** An adapter with stored values. */
    static Adapter restore(
            BaseModel base, PeftMethods methods, String method, AdapterRecord record, List<String> labels) {
        WholeModules whole = new WholeModules(base);
        boolean baseline = method.equals(HEAD) || method.equals(FULL);
        Settings settings = Settings.stored(
                method,
                baseline ? record.settings() : whole.settings(record),
                record.notes().equals(GraftNotes.NONE) && record.beyondPeft().isEmpty());
        // an adapter without a head leaves the choice to the base's own
        boolean perToken =
                !labels.isEmpty() && AdapterFolder.TOKENS.equals(record.peft().taskType());
        Adapter adapter = declare(base, methods, method, settings, labels, perToken);
        try {
            Map<String, float[]> values = new LinkedHashMap<>();
            Map<String, long[]> shapes = new LinkedHashMap<>();
            whole.withoutCopies(record.tensors(), adapter.overlay).forEach((name, tensor) -> {
                values.put(name, tensor.values());
                shapes.put(name, tensor.shape());
            });
            adapter.overlay.load(values, shapes, site -> new BaseLook(base, site));
            return adapter;
        } catch (RuntimeException e) {
            adapter.close();
            throw e;
        }
    }

    private static Adapter declare(
            BaseModel base,
            PeftMethods methods,
            String method,
            Settings settings,
            List<String> labels,
            boolean perToken) {
        boolean baseline = method.equals(HEAD) || method.equals(FULL);
        Injection injection = baseline ? null : methods.get(method).configure(settings, base.shape());
        Overlay overlay = new Overlay(injection, base.shape().sites());
        if (!baseline) {
            new WholeModules(base).declare(settings, overlay);
        }
        settings.finish();
        Transformer transformer = base.transformer();
        if (method.equals(FULL)) {
            transformer.weights().forEach(weight -> overlay.replace(weight, weight.name()));
        }
        if (perToken) {
            tokenClassifier(overlay, transformer, base, labels);
        } else if (!labels.isEmpty()) {
            classifier(overlay, transformer.head(), base, labels);
        }
        String type = baseline ? method : methods.get(method).peftType();
        return new Adapter(method, type, settings, labels, perToken, overlay);
    }

    /** One projection, which starts as the checkpoint's own where that has as many labels. */
    private static void tokenClassifier(Overlay overlay, Transformer transformer, BaseModel base, List<String> labels) {
        TokenHead head = transformer.tokens();
        if (head == null) {
            throw new SettingsException("a base of the family " + base.config().modelType()
                    + " classifies no tokens; allowed: an encoder such as BERT or RoBERTa");
        }
        boolean own = head.own() && head.weight().shape()[0] == labels.size();
        String module = transformer.head().plan().module();
        int hidden = base.config().hiddenSize();
        AdapterParameter weight =
                overlay.head(module + ".weight", own ? Init.copyOf(head.weight()) : fresh(base), labels.size(), hidden);
        AdapterParameter bias =
                overlay.head(module + ".bias", own ? Init.copyOf(head.bias()) : Init.zeros(), labels.size());
        overlay.classifier(new HeadParameters(null, null, weight, bias));
    }

    private static Init fresh(BaseModel base) {
        Map<String, Object> json = base.config().json();
        Object range = json.getOrDefault("initializer_range", json.getOrDefault("init_std", 0.02));
        return Init.normal(((Number) range).doubleValue());
    }

    /** The head starts as the checkpoint's own where it has as many labels, else as transformers starts a new one. */
    private static void classifier(Overlay overlay, ClassifierHead head, BaseModel base, List<String> labels) {
        if (head.plan().architecture() == null) {
            throw new SettingsException("this " + base.config().modelType() + " predicts tokens and cannot classify: "
                    + "transformers and PEFT name its parts otherwise in a classifier; give a checkpoint that was saved "
                    + "as one, with its architectures in config.json");
        }
        boolean own = head.own() && head.weight().shape()[0] == labels.size();
        Init random = fresh(base);
        int hidden = base.config().hiddenSize();
        HeadPlan plan = head.plan();
        AdapterParameter dense = null;
        AdapterParameter denseBias = null;
        if (plan.dense() != null) {
            // the projection in front does not depend on the labels: a checkpoint's own is always a better start
            Init start = head.own() ? Init.copyOf(head.dense()) : random;
            dense = overlay.head(plan.dense() + ".weight", start, hidden, hidden);
            denseBias = overlay.head(
                    plan.dense() + ".bias", head.own() ? Init.copyOf(head.denseBias()) : Init.zeros(), hidden);
        }
        AdapterParameter weight =
                overlay.head(plan.out() + ".weight", own ? Init.copyOf(head.weight()) : random, labels.size(), hidden);
        AdapterParameter bias = plan.bias()
                ? overlay.head(plan.out() + ".bias", own ? Init.copyOf(head.bias()) : Init.zeros(), labels.size())
                : null;
        overlay.classifier(new HeadParameters(dense, denseBias, weight, bias));
    }

    /** The method's id, or a baseline's. */
    public String method() {
        return method;
    }

    /** The {@code peft_type} of its files. */
    String peftType() {
        return peftType;
    }

    /** Keys of the settings that Hugging Face PEFT does not know. */
    Set<String> keysBeyondPeft() {
        return keysBeyondPeft;
    }

    /** The value of one of its tensors; a derived one is computed. */
    public float[] value(AdapterParameter parameter) {
        return overlay.value(parameter);
    }

    /** Positions of the base that its rows in front of a text take: a text has as many less. */
    public int positions() {
        return Math.max(
                overlay.positions(null), Math.max(overlay.positions(Side.ENCODER), overlay.positions(Side.DECODER)));
    }

    /** Every setting with its value or default. */
    public Map<String, Object> settings() {
        return settings;
    }

    /** The classes, in the order of the logits; empty without a head. */
    public List<String> labels() {
        return labels;
    }

    /** True if its classes are those of tokens, false if of whole texts. */
    public boolean perToken() {
        return perToken;
    }

    /** Its tensors, for optimizers, files and reports; to be written by the run that trains it only. */
    public AdapterTensors tensors() {
        return overlay.tensors();
    }

    /** The tensors of its classifier; empty without one. */
    public Set<AdapterParameter> classifier() {
        return SharedHead.tensors(this);
    }

    /** Number of trained elements. */
    public long trainedCount() {
        return overlay.tensors().trainedCount();
    }

    /**
     * Lets the method do what it does after each step.
     *
     * @param index number of the step, from 0
     * @param total steps of the run
     * @param gradients the reduced ones, laid out as {@link AdapterTensors#flat}
     */
    public void afterStep(int index, int total, Tensor gradients) {
        Injection injection = overlay.injection();
        if (injection != null) {
            injection.afterGradients(new AdapterStep(overlay.tensors(), index, total, gradients));
        }
    }

    /** What it does at a site. */
    public Hook hook(Site site) {
        return overlay.hook(site);
    }

    Overlay overlay() {
        return overlay;
    }

    /** Gives its memory back; nobody may be using it. */
    @Override
    public void close() {
        overlay.close();
    }
}
