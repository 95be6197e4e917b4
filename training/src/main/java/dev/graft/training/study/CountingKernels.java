package dev.graft.training.study;

import dev.graft.autograd.kernel.Epilogue;
import dev.graft.autograd.kernel.ForwardingKernels;
import dev.graft.autograd.kernel.Inner;
import dev.graft.autograd.kernel.Kernels;
import dev.graft.autograd.memory.Tensor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Kernels that count the multiply-adds of their matrix products: out [.., m, n] from a [.., m, k] takes m n k each. So
 * the work of any method is counted as it is done, with no formula for it.
 */
final class CountingKernels extends ForwardingKernels {
    private final AtomicLong count;

    /**
     * Counts into a number that several threads may share.
     *
     * @param kernels that compute
     */
    CountingKernels(Kernels kernels, AtomicLong count) {
        super(kernels);
        this.count = count;
    }

    @Override
    public void product(Tensor a, Tensor b, Tensor out, Epilogue epilogue) {
        count.addAndGet(Math.multiplyExact(out.length(), a.size(-1)));
        super.product(a, b, out, epilogue);
    }

    @Override
    public void product(Tensor a, Tensor b, Inner out, Epilogue epilogue) {
        count.addAndGet(Math.multiplyExact(a.length(), b.size(-1)));
        super.product(a, b, out, epilogue);
    }

    @Override
    public void product(Inner a, Tensor b, Tensor out, Epilogue epilogue) {
        count.addAndGet(Math.multiplyExact(out.length(), b.size(-2)));
        super.product(a, b, out, epilogue);
    }
}
