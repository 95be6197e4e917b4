package dev.graft.architecture.planted.frozen;

import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Writes arrays that may be views of a base weight. */
public final class Writing {
    private Writing() {}

    /** Adds to it, directly and as a method reference. */
    public static Consumer<INDArray> inPlace(INDArray weight, INDArray row) {
        weight.addi(1);
        weight.assign(0);
        return weight::muliRowVector;
    }

    /** Writes a row of it. */
    public static void throughAView(INDArray weight) {
        weight.getRow(0).putScalar(0, 1);
    }

    /** Takes its buffer. */
    public static void throughData(INDArray weight) {
        weight.data().put(0, 1);
    }
}
