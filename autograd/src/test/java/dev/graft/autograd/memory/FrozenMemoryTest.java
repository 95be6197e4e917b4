package dev.graft.autograd.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Frozen memory can be read in every way and written in none. */
class FrozenMemoryTest {
    private static final float[] VALUES = {1, 2, 3, 4, 5, 6};

    private static Storage storage() {
        ByteBuffer bytes = ByteBuffer.allocateDirect(24).order(java.nio.ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(VALUES);
        return Storage.readOnly(bytes.asReadOnlyBuffer());
    }

    @Test
    void everyWayToWriteIsRefused() {
        try (Storage storage = storage()) {
            Tensor whole = Tensor.over(storage, 0, 2, 3);
            for (Tensor tensor : new Tensor[] {
                whole,
                whole.rows(0, 1),
                whole.narrow(1, 1, 3),
                whole.transposed(),
                whole.reshape(3, 2),
                whole.view(1, new long[] {2}, new long[] {2})
            }) {
                assertTrue(tensor.isReadOnly());
                assertThrows(IllegalStateException.class, tensor::writable);
                assertThrows(IllegalStateException.class, tensor::writableArray);
                assertThrows(
                        ReadOnlyBufferException.class, () -> tensor.buffer().put(0, 9));
            }
            assertThrows(ReadOnlyBufferException.class, () -> Tiles.fill(whole, 9));
            assertThrows(ReadOnlyBufferException.class, () -> Tiles.write(new float[3], whole.rows(1, 2)));
            assertArrayEquals(VALUES, whole.toArray());
        }
    }

    @Test
    void nd4jGetsACopy() {
        try (Storage storage = storage()) {
            Tensor tensor = Tensor.over(storage, 0, 2, 3);
            INDArray array = tensor.array();
            array.addi(1);
            array.getRow(0).muli(3);
            array.data().put(0, 99);
            tensor.transposed().array().assign(7);
            assertArrayEquals(VALUES, tensor.toArray());
        }
    }

    @Test
    void aFrozenViewOfOwnMemoryIsFrozen() {
        try (Storage owner = Storage.allocate(6);
                Storage frozen = owner.frozen()) {
            Tensor.over(owner, 0, 6).buffer().put(VALUES);
            assertArrayEquals(VALUES, Tensor.over(frozen, 0, 6).toArray());
            assertThrows(IllegalStateException.class, Tensor.over(frozen, 0, 6)::writable);
            assertThrows(IllegalStateException.class, Tensor.over(frozen, 0, 6)::writableArray);
        }
    }

    @Test
    void whatCanBeWrittenIsNoFrozenStorage() {
        assertThrows(IllegalArgumentException.class, () -> Storage.readOnly(ByteBuffer.allocateDirect(8)));
        assertThrows(
                IllegalArgumentException.class,
                () -> Storage.readOnly(ByteBuffer.allocate(8).asReadOnlyBuffer()));
    }

    @Test
    void whatIsDerivedIsMadeOnceAndClosedWithIt() {
        AtomicInteger made = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();
        Storage storage = storage();
        for (int i = 0; i < 3; i++) {
            storage.derived("packed", AutoCloseable.class, () -> {
                made.incrementAndGet();
                return closed::incrementAndGet;
            });
        }
        assertEquals(1, made.get());
        storage.close();
        storage.close();
        assertEquals(1, closed.get());
        assertThrows(IllegalStateException.class, () -> storage.derived("packed", AutoCloseable.class, () -> () -> {}));
        try (Storage own = Storage.allocate(4)) {
            assertThrows(IllegalStateException.class, () -> own.derived("x", AutoCloseable.class, () -> () -> {}));
        }
    }

    @Test
    void aShapeThatDoesNotFitIsRefused() {
        try (Storage storage = storage()) {
            var error = assertThrows(IllegalArgumentException.class, () -> Tensor.over(storage, 1, 2, 3));
            assertEquals("shape [2, 3] at float 1 does not fit a storage of 6 floats", error.getMessage());
            assertThrows(IllegalArgumentException.class, () -> Tensor.over(storage, -1, 2));
            Tensor tensor = Tensor.over(storage, 0, 2, 3);
            assertThrows(IllegalArgumentException.class, () -> tensor.rows(1, 3));
            assertThrows(IllegalArgumentException.class, () -> tensor.rows(-1, 1));
            assertThrows(IllegalArgumentException.class, () -> tensor.reshape(4, 2));
            assertThrows(
                    IllegalArgumentException.class, () -> tensor.transposed().reshape(6));
        }
    }

    @Test
    void theFirstWeightsOfALargeBaseHaveRoomForCopies() {
        try (Storage memory = Storage.allocate(6)) {
            Copies base = new Copies(6, 12);
            Storage first = memory.frozen().among(base);
            assertEquals(Copies.Room.PLENTY, first.copies(), "the base is still small");
            Storage second = memory.frozen().among(base);
            Storage third = memory.frozen().among(base);
            assertEquals(Copies.Room.PLENTY, memory.frozen().copies(), "of no base");
            assertEquals(Copies.Room.SOME, first.copies());
            assertEquals(Copies.Room.SOME, second.copies());
            assertEquals(Copies.Room.NONE, third.copies());
        }
    }
}
