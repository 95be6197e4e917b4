package dev.graft.autograd;

import dev.graft.autograd.memory.Tensor;

/** The backward pass of one recorded operation. */
@FunctionalInterface
interface Backward {
    /** Adds to the inputs' gradients, given the gradient of the result. */
    void run(Tensor gradient);
}
