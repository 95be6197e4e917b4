package dev.graft.autograd.kernel;

import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Chooses the kernels: oneDNN where its natives load, else ND4J. The property graft.kernels forces one. */
public final class KernelProvider {
    private static final String PROPERTY = "graft.kernels";

    private KernelProvider() {}

    /**
     * Opens kernels for the calling thread and sets its number of native threads.
     *
     * @throws IllegalArgumentException if the property names unknown kernels
     */
    public static Kernels open(MathMode math, int nativeThreads) {
        String wanted = System.getProperty(PROPERTY, "auto");
        threads(nativeThreads);
        return switch (wanted) {
            case "onednn" -> oneDnn(math);
            case "nd4j" -> nd4j();
            case "auto" -> {
                try {
                    yield oneDnn(math);
                } catch (UnsatisfiedLinkError e) {
                    yield nd4j();
                }
            }
            default ->
                throw new IllegalArgumentException(PROPERTY + " is '" + wanted + "'; allowed: auto, onednn, nd4j");
        };
    }

    /** Sets how many native threads a kernel may use that the calling thread compiles or runs from now on. */
    static void threads(int nativeThreads) {
        if (nativeThreads < 1) {
            throw new IllegalArgumentException("at least one native thread is needed, not " + nativeThreads);
        }
        Nd4j.getBackend();
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(nativeThreads);
    }

    /** The fast kernels. */
    public static Kernels oneDnn(MathMode math) {
        Kernels plain = new OneDnnKernels(math);
        return new CompactKernels(plain, new OneDnnCompact(math, plain));
    }

    /** The portable kernels, strict fp32. */
    public static Kernels nd4j() {
        return new CompactKernels(new Nd4jKernels(), null);
    }
}
