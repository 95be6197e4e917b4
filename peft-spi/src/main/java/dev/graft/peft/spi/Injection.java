package dev.graft.peft.spi;

import dev.graft.autograd.Var;
import java.util.Optional;

/** A configured method: asked once for each site of the base, in the order of {@link ModelShape#sites()}. */
@FunctionalInterface
public interface Injection {
    /**
     * Declares the parameters that are needed at a site and returns what is done there.
     *
     * @param site where
     * @param parameters declares named tensors; the framework seeds, trains, saves and shares them
     * @return the hook, or {@link Hook#NONE} to leave the site alone
     */
    Hook attach(Site site, Parameters parameters);

    /** True if a new adapter leaves the base's output as it is, bit for bit. */
    default boolean startsAsBase() {
        return true;
    }

    /** True if the change of the output is linear in the parameters, so that adapters can be averaged. */
    default boolean combinesLinearly() {
        return false;
    }

    /** A scalar added to the loss of every micro-batch, or nothing. Called once a forward pass, in training only. */
    default Optional<Var> penalty(Context context) {
        return Optional.empty();
    }

    /**
     * Called once a step on the training thread, when the optimizer has applied the reduced gradients. What it remembers
     * stands in {@linkplain Parameters#state declared tensors}, so that a run can be resumed.
     */
    default void afterGradients(Step step) {}
}
