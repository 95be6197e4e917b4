package dev.graft.transformer.model.overlay;

import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.Sequences;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.autograd.memory.Tensor;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.FrozenTensor;
import dev.graft.peft.spi.Parameter;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** One route's view of a pass: its parameters on the tape, its tokens, its randomness. */
final class RouteContext implements Context {
    private final Tape tape;
    private final CounterRandom random;
    private final Function<AdapterParameter, Tensor> gradients;
    private final Map<AdapterParameter, Var> parameters = new IdentityHashMap<>();
    private final Map<Object, Object> once = new HashMap<>();
    private String place = "";
    private int draws;
    private int run;
    private Sequences sequences;
    private Rows rows;
    private int first;
    private int count;
    private Var residual;
    private UnaryOperator<Var> norm = UnaryOperator.identity();

    /**
     * A view.
     *
     * @param training what training adds
     */
    RouteContext(Tape tape, Training training) {
        this.tape = tape;
        this.random = training.random();
        this.gradients = training.gradients();
    }

    /**
     * Moves on to a site: dropout masks depend on its path.
     *
     * @param there where the sequences lie in the site's values
     * @param stack what the site's stack reads
     * @param from the first of these sequences in the stack
     */
    RouteContext at(String path, Sequences there, Rows stack, int from) {
        place = path;
        draws = 0;
        sequences = there;
        rows = stack;
        first = from;
        count = there.count();
        residual = null;
        norm = UnaryOperator.identity();
        return this;
    }

    RouteContext block(Var added, UnaryOperator<Var> following) {
        residual = added;
        norm = following;
        return this;
    }

    @Override
    public Var use(Parameter parameter) {
        Var known = parameters.get(parameter);
        if (known == null) {
            known = tape.lasting(() -> put((AdapterParameter) parameter));
            parameters.put((AdapterParameter) parameter, known);
        }
        return known;
    }

    private Var put(AdapterParameter parameter) {
        return switch (parameter.kind()) {
            case TRAINED ->
                gradients == null
                        ? tape.constant(parameter.tensor())
                        : tape.leaf(parameter.tensor(), gradients.apply(parameter));
            case FROZEN, RANDOM, STATE -> tape.constant(parameter.tensor());
            case DERIVED -> parameter.derivation().value().apply(this);
        };
    }

    @Override
    public Var frozen(FrozenTensor tensor) {
        return tape.constant(((FrozenWeight) tensor).tensor());
    }

    @Override
    public Var constant(float[] values, long... shape) {
        return tape.constant(values, shape);
    }

    @Override
    public boolean training() {
        return random != null;
    }

    @Override
    public Var dropout(Var x, double probability) {
        if (!training() || probability <= 0) {
            return x;
        }
        CounterRandom own = random.with(place).with(draws++);
        return x.dropout(probability, run == 0 ? own : own.with("run").with(run));
    }

    /** What follows is the run of this number of modules that layers share: its masks are its own. */
    void run(int number) {
        run = number;
    }

    @Override
    public Sequences sequences() {
        return sequences;
    }

    @Override
    public int[] tokenIds() {
        return rows.tokenIds(first, count);
    }

    @Override
    public int[] positions() {
        return rows.positions(first, count);
    }

    @Override
    public Var residual() {
        if (residual == null) {
            throw new IllegalStateException(place + " is not a block site: it has no residual");
        }
        return residual;
    }

    @Override
    public Var norm(Var value) {
        return norm.apply(value);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T once(Object key, Supplier<T> supplier) {
        if (!once.containsKey(key)) {
            once.put(key, tape.lasting(supplier));
        }
        return (T) once.get(key);
    }
}
