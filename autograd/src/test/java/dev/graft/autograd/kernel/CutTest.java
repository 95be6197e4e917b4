package dev.graft.autograd.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CutTest {
    @Test
    void piecesFollowEachOtherFromTheStartToTheEnd() {
        for (long size : new long[] {1, 3, 128, 191, 383, 384, 385, 1000, 4098, 16385}) {
            for (Cut cut : new Cut[] {Cut.near(256, size, 4), Cut.atMost(384, size, 32)}) {
                assertEquals(0, cut.start(0));
                assertEquals(size, cut.start(cut.count()));
                for (long piece = 0; piece < cut.count(); piece++) {
                    long length = cut.start(piece + 1) - cut.start(piece);
                    assertTrue(length > 0 && length <= cut.longest(), cut + " has " + length);
                    assertEquals(0, cut.start(piece) % cut.grain());
                }
            }
        }
    }

    @Test
    void noPieceIsMuchShorterOrLongerThanAsked() {
        for (long size = 192; size < 3000; size++) {
            Cut cut = Cut.near(256, size, 4);
            for (long piece = 0; piece < cut.count(); piece++) {
                long length = cut.start(piece + 1) - cut.start(piece);
                assertTrue(length >= 192 && length <= 387, cut + " has " + length);
            }
        }
    }
}
