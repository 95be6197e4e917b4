package dev.graft.architecture.planted.method;

import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A method that reaches past the contract. */
public final class Reaching {
    private Reaching() {}

    /** Returns an operation that writes into its array. */
    public static UnaryOperator<INDArray> doubling() {
        return x -> x.addi(x);
    }
}
