package dev.graft.autograd.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.memory.Arena;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What kernels must not do: write frozen memory, or compute on shapes that do not fit. */
class RefusalTest {
    @ParameterizedTest
    @MethodSource("dev.graft.autograd.kernel.KernelsSource#fp32")
    void frozenMemoryIsNeverWritten(Kernels kernels) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(64).order(ByteOrder.nativeOrder());
        for (int i = 0; i < 16; i++) {
            bytes.putFloat(4 * i, i);
        }
        try (kernels;
                Arena arena = new Arena();
                Storage storage = Storage.readOnly(bytes.asReadOnlyBuffer())) {
            Tensor frozen = Tensor.over(storage, 0, 4, 4);
            Tensor row = Tensor.over(storage, 0, 4);
            Tensor x = arena.zeros(4, 4);
            Tensor column = arena.zeros(4);
            refused(() -> kernels.product(x, x, frozen, Epilogue.NONE));
            refused(() -> kernels.product(x, x, frozen, new Epilogue(null, 1, column.reshape(1, 4), true)));
            refused(() -> kernels.product(arena.zeros(4, 0), arena.zeros(0, 4), frozen, Epilogue.NONE));
            refused(() -> kernels.softmax(x, frozen));
            refused(() -> kernels.softmaxBackward(x, x, frozen));
            refused(() -> kernels.activation(Activation.GELU, x, frozen));
            refused(() -> kernels.activationBackward(Activation.GELU, x, x, frozen));
            refused(() -> kernels.layerNorm(x, row, row, 1e-5f, frozen, column, column));
            refused(() -> kernels.layerNorm(x, row, row, 1e-5f, x, row, column));
            refused(() -> kernels.layerNorm(x, row, row, 1e-5f, x, column, row));
            refused(() -> kernels.layerNormBackward(x, column, column, row, 1e-5f, x, frozen, column, column));
            refused(() -> kernels.layerNormBackward(x, column, column, row, 1e-5f, x, x, row, column));
            refused(() -> kernels.layerNormBackward(x, column, column, row, 1e-5f, x, x, column, row));
            for (int i = 0; i < 16; i++) {
                assertTrue(bytes.getFloat(4 * i) == i, "float " + i + " is " + bytes.getFloat(4 * i));
            }
        }
    }

    private static void refused(Executable write) {
        IllegalStateException e = assertThrows(IllegalStateException.class, write);
        assertTrue(e.getMessage().contains("frozen"), e.getMessage());
    }

    @ParameterizedTest
    @MethodSource("dev.graft.autograd.kernel.KernelsSource#fp32")
    void shapesThatDoNotFitAreRefused(Kernels kernels) {
        try (kernels;
                Arena arena = new Arena()) {
            Tensor x = arena.zeros(4, 6);
            Tensor y = arena.zeros(6, 5);
            Tensor out = arena.zeros(4, 5);
            Tensor small = arena.zeros(3);
            misfit(() -> kernels.product(x, x, out, Epilogue.NONE));
            misfit(() -> kernels.product(x, y, x, Epilogue.NONE));
            misfit(() -> kernels.product(x.reshape(1, 4, 6), y, out, Epilogue.NONE));
            misfit(() -> kernels.product(x, y, out, new Epilogue(small, 1, null, false)));
            misfit(() -> kernels.product(x, y, out, new Epilogue(null, 1, x, false)));
            misfit(() -> kernels.product(x, y, out, new Epilogue(null, 1, small, false)));
            misfit(() -> kernels.softmax(x, y));
            misfit(() -> kernels.softmaxBackward(x, y, x));
            misfit(() -> kernels.activation(Activation.RELU, x, out));
            misfit(() -> kernels.activationBackward(Activation.RELU, x, out, x));
            misfit(() -> kernels.layerNorm(x, small, small, 1, x, small, small));
            misfit(() -> kernels.layerNorm(x, arena.zeros(6), arena.zeros(6), 1, x, small, small));
            misfit(() -> kernels.layerNorm(x, arena.zeros(6), arena.zeros(6), 1, y, arena.zeros(4), arena.zeros(4)));
        }
    }

    private static void misfit(Executable call) {
        assertThrows(IllegalArgumentException.class, call);
    }

    @ParameterizedTest
    @MethodSource("dev.graft.autograd.kernel.KernelsSource#fp32")
    void nothingIsANumberOfRowsToo(Kernels kernels) {
        try (kernels;
                Arena arena = new Arena()) {
            Tensor none = arena.zeros(0, 3);
            Tensor empty = arena.zeros(0);
            Tensor out = arena.allocate(3, 2);
            Tensor bias = arena.zeros(2);
            bias.buffer().put(bias.offset() + 1, 4f);
            kernels.product(none.transposed(), arena.zeros(0, 2), out, new Epilogue(bias, 0.5f, null, false));
            assertArrayEquals(new float[] {0, 2, 0, 2, 0, 2}, out.toArray());
            kernels.product(none, arena.zeros(3, 2), arena.zeros(0, 2), Epilogue.NONE);
            kernels.softmax(none, none);
            kernels.softmaxBackward(none, none, none);
            kernels.activation(Activation.GELU, none, none);
            kernels.activationBackward(Activation.GELU, none, none, none);
            Tensor row = arena.zeros(3);
            kernels.layerNorm(none, row, row, 1e-5f, none, empty, empty);
            Tensor gradient = arena.allocate(3);
            kernels.layerNormBackward(none, empty, empty, row, 1e-5f, none, none, gradient, row);
            assertArrayEquals(new float[3], gradient.toArray());
        }
    }
}
