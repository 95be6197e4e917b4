package dev.graft.peft.spi;

import dev.graft.autograd.Var;
import java.util.Optional;

/**
 * A configured method, which belongs to one adapter: asked once for each site of the base, in the order of
 * {@link ModelShape#sites()}. After that any number of threads use it, so what it keeps is set while it is attached and
 * never changes afterwards; what changes in training stands in {@linkplain Parameters declared tensors}.
 */
@FunctionalInterface
public interface Injection {
    /**
     * Declares the parameters that are needed at a site and returns what is done there. Called once a site, one after
     * another on one thread, before any tensor has memory: values come from each parameter's {@link Init} later on.
     *
     * @param site where; it may be kept
     * @param parameters declares named tensors; the framework seeds, trains, saves and shares them
     * @return the hook, or {@link Hook#NONE} itself to leave the site alone
     * @throws SettingsException if the settings do not fit the site; then no adapter is made
     * @throws IllegalArgumentException out of {@code parameters} if a name is declared twice with unlike shapes
     */
    Hook attach(Site site, Parameters parameters);

    /**
     * True if a new adapter leaves the base's output as it is, bit for bit. Called after attaching, on any thread; a
     * wrong answer breaks a law of the testkit and nothing else.
     */
    default boolean startsAsBase() {
        return true;
    }

    /**
     * True if adapters can be combined tensor by tensor: what a hook changes is linear in how far the trained tensors are
     * from their first values, and these neither change the base nor depend on the seed. The tensors of {@linkplain
     * Hook#lowRank products} do not count: they are combined as products. A method that says true with products has a
     * {@link PeftMethod#lowRankForm}.
     */
    default boolean combinesLinearly() {
        return false;
    }

    /**
     * A scalar added to the loss of every micro-batch, so that its mean over the step is added to the step's. Called
     * once a forward pass in training, after the hooks, on the thread that computes.
     *
     * @param context the pass; here only tensors, constants and {@link Context#once} have a meaning, no site's values
     * @return a value of shape [1] or {@code sum()}'s, made of {@code context}; empty for none. A NaN or infinite one
     *     stops the run like any loss
     */
    default Optional<Var> penalty(Context context) {
        return Optional.empty();
    }

    /**
     * Called once a step on the training thread, when the optimizer has applied the reduced gradients, and no pass is
     * running. What it remembers stands in {@linkplain Parameters#state declared tensors}, so that a run can be
     * resumed. An exception ends the run, which can be resumed from its last checkpoint.
     *
     * @param step the step's gradients and values; not to be kept
     */
    default void afterGradients(Step step) {}

    /**
     * Hooks whose change is linear in the tensors, {@link #combinesLinearly}, with the defaults for all else.
     *
     * @param places {@link #attach}
     */
    static Injection linear(Injection places) {
        return new Injection() {
            @Override
            public Hook attach(Site site, Parameters parameters) {
                return places.attach(site, parameters);
            }

            @Override
            public boolean combinesLinearly() {
                return true;
            }
        };
    }
}
