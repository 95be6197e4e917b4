package dev.graft.autograd.kernel;

import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.Arguments;

/** The kernels that keep the contract: the tests run with each. */
public final class KernelsSource {
    private KernelsSource() {}

    /** Strict fp32 kernels; the test closes them. */
    public static Stream<Arguments> fp32() {
        KernelProvider.threads(1);
        return Stream.of(open("oneDNN", KernelProvider.oneDnn(MathMode.FP32)), open("ND4J", KernelProvider.nd4j()));
    }

    /** All that compute as exactly as fp32; the test closes them. */
    public static Stream<Arguments> exact() {
        return Stream.concat(fp32(), Stream.of(open("oneDNN, bf16x3", KernelProvider.oneDnn(MathMode.BF16X3))));
    }

    private static Arguments open(String name, Kernels kernels) {
        return Arguments.of(Named.of(name, kernels));
    }
}
