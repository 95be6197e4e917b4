package dev.graft.runtime.vertx.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Messages are read as they were written, and damaged ones are refused. */
class PacketTest {
    @Test
    void tensorsComeBack() {
        Packet packet = TensorPart.packet(
                new JsonObject().put("step", 3),
                List.of(
                        TensorPart.of("a", new float[] {1, -2, Float.MIN_VALUE}, 3, 1),
                        TensorPart.of("b", new float[] {7})));
        Packet read = Packet.of(packet.toBuffer());
        assertEquals(3, read.head().getInteger("step"));
        List<TensorPart> tensors = TensorPart.of(read);
        assertEquals("a", tensors.get(0).name());
        assertEquals(List.of(3L, 1L), tensors.get(0).shape());
        assertArrayEquals(new float[] {1, -2, Float.MIN_VALUE}, tensors.get(0).values());
        assertArrayEquals(new float[] {7}, tensors.get(1).values());
    }

    @Test
    void aShapeThatDoesNotFitIsRefused() {
        for (List<Long> shape : List.of(List.of(2L), List.of(-1L), List.of(1L << 40, 1L << 40), List.of(1L, 2L))) {
            Failure failure = assertThrows(Failure.class, () -> new TensorPart("w", shape, Buffer.buffer(new byte[4])));
            assertEquals(Failure.Code.BAD_REQUEST, failure.code());
        }
    }

    @Test
    void cutOrChangedBytesAreRefusedOrReadButNeverFailOtherwise() {
        Buffer bytes = new Packet(new JsonObject().put("a", 1), List.of(Buffer.buffer("xyz"))).toBuffer();
        for (int i = 0; i < bytes.length(); i++) {
            Buffer cut = bytes.slice(0, i);
            assertThrows(Failure.class, () -> Packet.of(cut));
        }
        Random random = new Random(5);
        for (int i = 0; i < 2000; i++) {
            Buffer changed = bytes.copy();
            changed.setByte(random.nextInt(bytes.length()), (byte) random.nextInt());
            try {
                Packet.of(changed);
            } catch (Failure e) {
                assertEquals(Failure.Code.BAD_REQUEST, e.code());
            }
        }
    }
}
