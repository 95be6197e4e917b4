package dev.graft.peft.spi;

import dev.graft.autograd.Var;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * Several methods on one base at once, written {@code prefix+parallel} (the MAM adapter of He et al. 2021, arXiv
 * 2110.04366, section 4.6), or one twice: at each site their hooks act one after the other.
 *
 * <p>A part's name is its method's id (of a preset such as dora that of its method, as files know no other), with a number from the second on: {@code pfeiffer}, {@code pfeiffer2}. Its settings
 * and tensors have that name and a dot in front; {@code NAME.trained=false} freezes it.
 *
 * <p>The learning rate of the whole is the lowest of the parts' own ones. A part trains at {@code NAME.lr_ratio} times
 * the run's rate: unless it is given, as many times as the part's own rate is higher than the lowest.
 *
 * @param names of the parts
 * @param methods of the parts
 */
record Composition(List<String> names, List<PeftMethod> methods) implements PeftMethod {
    private static final String TRAINED = "trained";
    private static final String RATIO = "lr_ratio";

    /** Keys of a part that its method does not read. */
    static final List<String> KEYS = List.of(TRAINED, RATIO);

    static Composition of(List<PeftMethod> methods) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < methods.size(); i++) {
            String id = name(methods.get(i));
            long earlier = methods.subList(0, i).stream()
                    .filter(method -> name(method).equals(id))
                    .count();
            names.add(earlier == 0 ? id : id + (earlier + 1));
        }
        return new Composition(names, methods);
    }

    /** The name of a part that is the only one of its method: its id, or that of the method behind a preset. */
    static String name(PeftMethod method) {
        return method instanceof Preset preset ? preset.method().id() : method.id();
    }

    @Override
    public String id() {
        return methods.stream().map(PeftMethod::id).collect(Collectors.joining("+"));
    }

    @Override
    public String peftType() {
        return methods.stream().map(PeftMethod::peftType).collect(Collectors.joining("+"));
    }

    @Override
    public OptionalDouble learningRate() {
        return methods.stream().allMatch(method -> method.learningRate().isPresent())
                ? methods.stream()
                        .mapToDouble(method -> method.learningRate().getAsDouble())
                        .min()
                : OptionalDouble.empty();
    }

    @Override
    public Injection configure(Settings settings, ModelShape model) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < methods.size(); i++) {
            String name = names.get(i);
            Settings own = settings.part(name);
            boolean trained = own.flag(TRAINED, true);
            double ratio = own.number(RATIO, ratio(methods.get(i)), Double.MIN_VALUE, Double.MAX_VALUE);
            Injection injection = methods.get(i).configure(own, model);
            settings.take(name, own);
            parts.add(new Part(name, trained, ratio, injection));
        }
        if (parts.stream().noneMatch(Part::trained)) {
            throw new SettingsException(id() + ": all parts have trained=false; train at least one");
        }
        return new Together(parts);
    }

    /** How much higher a part's own learning rate is than that of the whole; 1 where one of them is not known. */
    private double ratio(PeftMethod part) {
        OptionalDouble whole = learningRate();
        return whole.isPresent() ? part.learningRate().getAsDouble() / whole.getAsDouble() : 1;
    }

    /** A method among others. */
    private record Part(String name, boolean trained, double ratio, Injection injection) {
        Hook attach(Site site, Parameters parameters) {
            return injection.attach(site, parameters.part(name, trained, ratio));
        }
    }

    /** All parts' hooks. */
    private record Together(List<Part> parts) implements Injection {
        @Override
        public Hook attach(Site site, Parameters parameters) {
            List<Hook> hooks = parts.stream()
                    .map(part -> part.attach(site, parameters))
                    .filter(hook -> hook != Hook.NONE)
                    .toList();
            if (site.slot() == Slot.CACHE && hooks.size() > 1) {
                throw new SettingsException("two parts put rows in front of keys and values at " + site.path()
                        + "; allowed: one of "
                        + parts.stream().map(Part::name).collect(Collectors.joining(", ")));
            }
            return hooks.isEmpty() ? Hook.NONE : hooks.size() == 1 ? hooks.get(0) : new Chain(hooks);
        }

        /** A part that is frozen may hold anything, so only fresh ones count. */
        @Override
        public boolean startsAsBase() {
            return parts.stream()
                    .allMatch(part -> part.trained() && part.injection().startsAsBase());
        }

        /** Parts are combined one by one. */
        @Override
        public boolean combinesLinearly() {
            return parts.stream().allMatch(part -> part.injection().combinesLinearly());
        }

        @Override
        public Optional<Var> penalty(Context context) {
            return parts.stream()
                    .filter(Part::trained)
                    .map(part -> part.injection().penalty(context).orElse(null))
                    .filter(Objects::nonNull)
                    .reduce(Var::add);
        }

        @Override
        public void afterGradients(Step step) {
            parts.stream()
                    .filter(Part::trained)
                    .forEach(part -> part.injection().afterGradients(step));
        }
    }

    /** Hooks one after the other: of the input, then of the output. */
    private record Chain(List<Hook> hooks) implements Hook {
        @Override
        public Var before(Context context, Var x) {
            Var input = x;
            for (Hook hook : hooks) {
                input = hook.before(context, input);
            }
            return input;
        }

        @Override
        public Var after(Context context, Var x, Var y) {
            Var output = y;
            for (Hook hook : hooks) {
                output = hook.after(context, x, output);
            }
            return output;
        }

        @Override
        public int positions() {
            return hooks.stream().mapToInt(Hook::positions).sum();
        }
    }

    /** The methods of an id such as a+b. */
    static List<String> split(String id) {
        return id.contains("+") ? Collections.unmodifiableList(Arrays.asList(id.split("\\+", -1))) : List.of(id);
    }
}
