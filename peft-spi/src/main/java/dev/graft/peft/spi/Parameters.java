package dev.graft.peft.spi;

import dev.graft.autograd.Var;
import java.util.List;
import java.util.function.Function;

/**
 * Declares an adapter's tensors at one site. Names are completed by the site's path, as Hugging Face PEFT writes them:
 * {@code lora_A.weight} becomes {@code base_model.model.<path>.lora_A.weight}.
 *
 * <p>Used while {@link Injection#attach} runs, on its thread, and invalid afterwards; what it gives stays valid as long
 * as the adapter. A name is declared once a site, or again with the same shape and kind, which gives the same tensor;
 * with another shape or kind it is an {@link IllegalArgumentException}, and no adapter is made. Every extent is at
 * least 1.
 */
public interface Parameters {
    /**
     * A trained tensor with the run's learning rate and weight decay.
     *
     * @param name behind the site's path
     * @param init sets first values of a new adapter
     * @param shape extents
     * @return its handle
     */
    default Parameter trainable(String name, Init init, long... shape) {
        return trainable(name, init, Tuning.DEFAULT, shape);
    }

    /**
     * A trained tensor.
     *
     * @param name behind the site's path
     * @param init sets first values of a new adapter
     * @param tuning its share of the learning rate, and whether it decays
     * @param shape extents
     * @return its handle
     */
    Parameter trainable(String name, Init init, Tuning tuning, long... shape);

    /**
     * A tensor that is stored but not trained.
     *
     * @param name behind the site's path
     * @param init sets its values in a new adapter; a loaded one has the file's
     * @param shape extents
     * @return its handle
     */
    Parameter frozen(String name, Init init, long... shape);

    /**
     * A tensor that is neither trained nor stored but made again whenever the adapter is loaded.
     *
     * @param name behind the site's path; its random numbers depend on it
     * @param init sets its values, as a function of what never changes
     * @param seed of its random numbers, which the method notes among its settings if users can choose it
     * @param shape extents
     * @return its handle
     */
    Parameter frozenRandom(String name, Init init, long seed, long... shape);

    /**
     * A tensor computed from trained ones (reparametrisation). A training checkpoint keeps those, the adapter's file
     * keeps this value; a loaded adapter has only the value, which is trained itself if the adapter is trained on.
     *
     * @param name of the value, behind the site's path
     * @param inputs the trained tensors, which nothing else may use
     * @param value computes it from the inputs; called once a forward pass that uses it, on the thread of the pass, and
     *     once to save; never for a loaded adapter. Only {@link Context#use} and constants have a meaning in it
     * @param shape of the value
     * @return the handle of the value
     */
    Parameter derived(String name, List<Parameter> inputs, Function<Context, Var> value, long... shape);

    /**
     * What {@link Injection#afterGradients} remembers from step to step: zeros at first, kept in a training checkpoint,
     * neither trained nor in the adapter's file. A loaded adapter has zeros again.
     *
     * @param name behind the site's path
     * @param shape extents
     * @return its handle, for {@link Step#value} and {@link Step#assign}
     */
    Parameter state(String name, long... shape);

    /**
     * Another name under which the adapter's file holds a tensor as well, where Hugging Face PEFT writes it more than
     * once. In a file that is read, it may be missing; if it is there, its values must be the same.
     *
     * @param name behind the site's path
     * @param of a tensor that was declared before, and is stored
     */
    void copy(String name, Parameter of);

    /**
     * The same declarations for tensors of the whole adapter: the name is used as it is, and a second declaration of
     * the same name and shape gives the same tensor, whichever site it comes from.
     *
     * @return declares at the same site; valid as long as this
     */
    Parameters shared();

    /**
     * The same declarations for one of several methods that act at once: names have the part's and a dot in front. The
     * framework calls it; a method need not.
     *
     * @param name of the part
     * @param trained false to keep what the part would train as it is
     * @param rateScale factor on the learning rate of all that the part trains, above 0
     * @return declares at the same site; valid as long as this
     */
    Parameters part(String name, boolean trained, double rateScale);

    /**
     * How a tensor is trained.
     *
     * @param rateScale factor on the learning rate, from 0
     * @param decay false to keep it out of weight decay
     */
    record Tuning(double rateScale, boolean decay) {
        /** The run's learning rate, with decay. */
        public static final Tuning DEFAULT = new Tuning(1, true);

        /** The same with a learning rate so many times as high. */
        public Tuning times(double factor) {
            return new Tuning(rateScale * factor, decay);
        }
    }
}
