package dev.graft.autograd;

import org.nd4j.linalg.api.ndarray.INDArray;

/** An operation with its own backward pass. It sees copies: what it does to them changes nothing else. */
public interface CustomOperation {
    /** Computes the result. */
    INDArray forward(INDArray... inputs);

    /**
     * Computes the gradients of the inputs, in their order and shapes; null where an input cannot be trained.
     *
     * @param inputs what {@link #forward} got
     * @param output what it returned
     * @param gradient of the output
     */
    INDArray[] backward(INDArray[] inputs, INDArray output, INDArray gradient);
}
