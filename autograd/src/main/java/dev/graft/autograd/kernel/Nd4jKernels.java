package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Shapes;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The portable kernels and the oracle: ND4J's own operations, written to be obviously right rather than fast.
 */
final class Nd4jKernels implements Kernels {
    @Override
    public void product(Tensor a, Tensor b, Tensor out, Epilogue epilogue) {
        if (Repeated.noTerms(a, b, out, epilogue)) {
            return;
        }
        Misfit.product(a, b, out, epilogue);
        long batch = Shapes.size(Arrays.copyOf(out.shape(), out.rank() - 2));
        for (long i = 0; i < batch; i++) {
            Tensor to = matrix(out, i);
            INDArray value =
                    matrix(a, i).array().dup('c').mmul(matrix(b, i).array().dup('c'));
            if (epilogue.bias() != null) {
                value.addiRowVector(epilogue.bias().array());
            }
            if (epilogue.function() != null) {
                value = Nd4jActivation.value(epilogue.function(), value);
            }
            value.muli(epilogue.scale());
            if (epilogue.mask() != null) {
                long from = i * value.length();
                value.muli(Nd4j.createFromArray(epilogue.mask().factors(from, from + value.length()))
                        .reshape(value.shape()));
            }
            if (epilogue.addend() != null) {
                value = value.add(matrix(epilogue.addend(), i).array().broadcast(value.shape()));
            }
            INDArray target = to.writableArray();
            target.assign(epilogue.accumulate() ? target.add(value) : value);
        }
    }

    /** The i-th matrix of a batch; extents of 1 are repeated. */
    private static Tensor matrix(Tensor tensor, long i) {
        int rank = tensor.rank();
        long from = 0;
        long rest = i;
        for (int d = rank - 3; d >= 0; d--) {
            if (tensor.size(d) > 1) {
                from += rest % tensor.size(d) * tensor.stride(d);
                rest /= tensor.size(d);
            }
        }
        return tensor.view(
                from, new long[] {tensor.size(-2), tensor.size(-1)}, new long[] {tensor.stride(-2), tensor.stride(-1)});
    }

    @Override
    public void drop(Tensor x, DropoutMask mask, Tensor addend, Tensor out) {
        Misfit.dropped(x, mask, addend, out);
        if (nothing(out, x)) {
            return;
        }
        INDArray value =
                x.array().mul(Nd4j.createFromArray(mask.factors(0, x.length())).reshape(x.shape()));
        out.writableArray().assign(addend == null ? value : value.add(addend.array()));
    }

    @Override
    public void softmax(Tensor x, Tensor out) {
        if (nothing(out, x)) {
            return;
        }
        INDArray rows = x.array().dup('c').reshape('c', -1, x.size(-1));
        rows.subiColumnVector(rows.max(true, 1));
        INDArray e = Transforms.exp(rows, false);
        e.diviColumnVector(e.sum(true, 1));
        out.writableArray().assign(e.reshape('c', x.shape()));
    }

    @Override
    public void softmaxBackward(Tensor y, Tensor dy, Tensor dx) {
        if (nothing(dx, y, dy)) {
            return;
        }
        INDArray rows = y.array().dup('c').reshape('c', -1, y.size(-1));
        INDArray gradient = dy.array().dup('c').reshape('c', -1, y.size(-1));
        INDArray dot = rows.mul(gradient).sum(true, 1);
        dx.writableArray().assign(gradient.subColumnVector(dot).mul(rows).reshape('c', y.shape()));
    }

    @Override
    public void activation(Activation function, Tensor x, Tensor out) {
        if (nothing(out, x)) {
            return;
        }
        out.writableArray().assign(Nd4jActivation.value(function, x.array().dup('c')));
    }

    @Override
    public void activationBackward(Activation function, Tensor x, Tensor dy, Tensor dx) {
        if (nothing(dx, x, dy)) {
            return;
        }
        dx.writableArray()
                .assign(Nd4jActivation.slope(function, x.array().dup('c')).muli(dy.array()));
    }

    @Override
    public void layerNorm(
            Tensor x, Tensor scale, Tensor shift, float epsilon, Tensor out, Tensor mean, Tensor variance) {
        Misfit.norm(x, mean, variance, scale, shift);
        Misfit.denseRows(x, out);
        if (nothing(out, x)) {
            return;
        }
        INDArray rows = x.array().dup('c');
        INDArray average = rows.mean(true, 1);
        INDArray centred = rows.subColumnVector(average);
        INDArray spread = centred.mul(centred).mean(true, 1);
        INDArray normal = centred.divColumnVector(Transforms.sqrt(spread.add(epsilon), true));
        out.writableArray().assign(normal.mulRowVector(scale.array()).addRowVector(shift.array()));
        mean.writableArray().assign(average.reshape(mean.shape()));
        variance.writableArray().assign(spread.reshape(mean.shape()));
    }

    /** Refuses what does not fit or cannot be written. True if there are no elements. */
    private static boolean nothing(Tensor out, Tensor... inputs) {
        out.writable();
        Misfit.same(out, inputs);
        return out.length() == 0;
    }

    @Override
    public void layerNormBackward(
            Tensor x,
            Tensor mean,
            Tensor variance,
            Tensor scale,
            float epsilon,
            Tensor dy,
            Tensor dx,
            Tensor dScale,
            Tensor dShift) {
        Misfit.norm(x, mean, variance, scale, dScale, dShift);
        Misfit.denseRows(x, dy, dx);
        if (nothing(dx, x, dy)) {
            Tiles.fill(dScale, 0f);
            Tiles.fill(dShift, 0f);
            return;
        }
        INDArray deviation =
                Transforms.sqrt(variance.array().add(epsilon), true).reshape(-1, 1);
        INDArray normal =
                x.array().dup('c').subColumnVector(mean.array().reshape(-1, 1)).divColumnVector(deviation);
        INDArray gradient = dy.array().dup('c');
        dScale.writableArray().assign(gradient.mul(normal).sum(0));
        dShift.writableArray().assign(gradient.sum(0));
        INDArray g = gradient.mulRowVector(scale.array());
        INDArray along = g.mul(normal).mean(true, 1);
        INDArray value = g.subColumnVector(g.mean(true, 1)).sub(normal.mulColumnVector(along));
        dx.writableArray().assign(value.divColumnVector(deviation));
    }

    @Override
    public String name() {
        return "nd4j";
    }

    @Override
    public void close() {
        // ND4J owns nothing on our behalf here
    }
}
