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

    /**
     * True if adapters can be combined tensor by tensor: what a hook changes is linear in how far the trained tensors are
     * from their first values, and these neither change the base nor depend on the seed. The tensors of {@linkplain
     * Hook#lowRank products} do not count: they are combined as products. A method that says true with products has a
     * {@link PeftMethod#lowRankForm}.
     */
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
