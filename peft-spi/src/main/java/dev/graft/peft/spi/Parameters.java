package dev.graft.peft.spi;

import dev.graft.autograd.Var;
import java.util.List;
import java.util.function.Function;

/**
 * Declares an adapter's tensors at one site. Names are completed by the site's path, as Hugging Face PEFT writes them:
 * {@code lora_A.weight} becomes {@code base_model.model.<path>.lora_A.weight}.
 */
public interface Parameters {
    /** A trained tensor with the run's learning rate and weight decay. */
    default Parameter trainable(String name, Init init, long... shape) {
        return trainable(name, init, Tuning.DEFAULT, shape);
    }

    /**
     * A trained tensor.
     *
     * @param tuning its share of the learning rate, and whether it decays
     */
    Parameter trainable(String name, Init init, Tuning tuning, long... shape);

    /** A tensor that is stored but not trained. */
    Parameter frozen(String name, Init init, long... shape);

    /** A tensor that is neither trained nor stored but made again from the seed. */
    Parameter frozenRandom(String name, Init init, long seed, long... shape);

    /**
     * A tensor computed from trained ones (reparametrisation). A training checkpoint keeps those, the adapter's file keeps
     * this value; a loaded adapter has only the value, which is trained itself if the adapter is trained on.
     *
     * @param inputs the trained tensors, which nothing else may use
     * @param value called once a forward pass, and once to save
     */
    Parameter derived(String name, List<Parameter> inputs, Function<Context, Var> value, long... shape);

    /**
     * What {@link Injection#afterGradients} remembers from step to step: zeros at first, kept in a training checkpoint,
     * neither trained nor in the adapter's file.
     */
    Parameter state(String name, long... shape);

    /**
     * The same declarations for tensors of the whole adapter: the name is used as it is, and a second declaration of
     * the same name and shape gives the same tensor.
     */
    Parameters shared();

    /**
     * The same declarations for one of several methods that act at once: names have the part's and a dot in front.
     *
     * @param trained false to keep what the part would train as it is
     */
    Parameters part(String name, boolean trained);

    /**
     * How a tensor is trained.
     *
     * @param rateScale factor on the learning rate
     * @param decay false to keep it out of weight decay
     */
    record Tuning(double rateScale, boolean decay) {
        /** The run's learning rate, with decay. */
        public static final Tuning DEFAULT = new Tuning(1, true);
    }
}
