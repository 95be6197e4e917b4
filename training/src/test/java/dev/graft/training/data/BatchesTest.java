package dev.graft.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.CounterRandom;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchesTest {
    /** Lengths as real texts have them: most are short, a few are long. */
    private static int[] lengths(int rows) {
        CounterRandom random = new CounterRandom(5);
        return IntStream.range(0, rows)
                .map(i -> (int) (3 + 9 * Math.exp(0.5 * random.gaussian(i))))
                .toArray();
    }

    private static int[] rows(Batch batch) {
        return batch.microBatches().stream().flatMapToInt(Arrays::stream).toArray();
    }

    private static int[] epoch(Batches batches, int epoch) {
        return IntStream.range(0, batches.perEpoch())
                .flatMap(i -> Arrays.stream(rows(batches.at((long) epoch * batches.perEpoch() + i))))
                .toArray();
    }

    @ParameterizedTest
    @CsvSource({"1,8,8", "7,8,3", "8,8,8", "33,32,8", "1000,32,8", "999,7,3", "1025,16,100", "5000,1,1", "640,64,1"})
    void everyRowOccursOnceAnEpochInPartsOfTheRightSizes(int n, int size, int micro) {
        for (Batches batches :
                new Batches[] {Batches.shuffled(lengths(n), size, micro, 1), Batches.inFileOrder(n, size, micro)}) {
            assertEquals((n + size - 1) / size, batches.perEpoch());
            for (int e = 0; e < 3; e++) {
                int[] rows = epoch(batches, e);
                Arrays.sort(rows);
                assertArrayEquals(IntStream.range(0, n).toArray(), rows);
            }
            int smaller = 0;
            for (int i = 0; i < batches.perEpoch(); i++) {
                Batch batch = batches.at(i);
                smaller += batch.rows() < size ? 1 : 0;
                assertTrue(batch.rows() > 0 && batch.rows() <= size);
                assertEquals(
                        (batch.rows() + micro - 1) / micro, batch.microBatches().size());
                batch.microBatches()
                        .subList(0, batch.microBatches().size() - 1)
                        .forEach(part -> assertEquals(micro, part.length));
            }
            assertEquals(n % size == 0 ? 0 : 1, smaller);
        }
    }

    @Test
    void theOrderIsAFunctionOfSeedAndStep() {
        Batches one = Batches.shuffled(lengths(500), 16, 8, 3);
        Batches other = Batches.shuffled(lengths(500), 16, 8, 3);
        for (long step : new long[] {70, 0, 33, 32, 31, 1_000_000}) {
            Batch batch = other.at(step);
            assertEquals(step, (long) batch.epoch() * other.perEpoch() + batch.index());
            assertArrayEquals(rows(one.at(step)), rows(batch), "step " + step);
        }
        assertFalse(Arrays.equals(epoch(one, 0), epoch(one, 1)), "epochs differ");
        assertFalse(Arrays.equals(epoch(one, 0), epoch(Batches.shuffled(lengths(500), 16, 8, 4), 0)), "seeds differ");
    }

    /** Which rows meet in a batch must change too, not only the order of the batches. */
    @Test
    void rowsMeetOtherRowsInEachEpoch() {
        Batches batches = Batches.shuffled(lengths(1000), 32, 8, 0);
        int[] first = rows(batches.at(3));
        int most = IntStream.range(0, batches.perEpoch())
                .map(i -> (int) Arrays.stream(rows(batches.at(batches.perEpoch() + i)))
                        .filter(row -> Arrays.stream(first).anyMatch(other -> other == row))
                        .count())
                .max()
                .orElseThrow();
        assertTrue(most < 16, most + " of 32 rows met again");
    }

    @Test
    void fileOrderIsFileOrder() {
        Batches batches = Batches.inFileOrder(10, 4, 3);
        assertArrayEquals(new int[] {0, 1, 2}, batches.at(0).microBatches().get(0));
        assertArrayEquals(new int[] {3}, batches.at(0).microBatches().get(1));
        assertArrayEquals(new int[] {8, 9}, rows(batches.at(5)));
        assertArrayEquals(IntStream.range(0, 10).toArray(), epoch(batches, 4));
    }

    @Test
    void littleIsPadded() {
        int[] lengths = lengths(4000);
        double tokens = Arrays.stream(lengths).sum();
        double padded = 0;
        Batches batches = Batches.shuffled(lengths, 32, 8, 0);
        for (int i = 0; i < batches.perEpoch(); i++) {
            for (int[] part : batches.at(i).microBatches()) {
                padded += part.length * (double) lengths[part[0]];
                assertEquals(Arrays.stream(part).map(row -> lengths[row]).max().orElseThrow(), lengths[part[0]]);
            }
        }
        assertTrue(padded / tokens < 1.05, "padding " + padded / tokens);
    }

    /** Else a run would go from long rows to short ones in every window. */
    @Test
    void batchesOfAnyLengthFollowEachOther() {
        int[] lengths = lengths(4000);
        Batches batches = Batches.shuffled(lengths, 32, 8, 0);
        int shorter = 0;
        for (int i = 1; i < batches.perEpoch(); i++) {
            shorter += lengths[rows(batches.at(i))[0]] < lengths[rows(batches.at(i - 1))[0]] ? 1 : 0;
        }
        assertTrue(shorter < 0.6 * batches.perEpoch(), shorter + " batches are shorter than the one before");
    }

    /** The smaller batch must not always hold rows of one kind: its rows weigh more in the mean. */
    @Test
    void theSmallerBatchHoldsAnyLength() {
        int[] lengths = lengths(330);
        Batches batches = Batches.shuffled(lengths, 32, 8, 0);
        double mean = Arrays.stream(lengths).average().orElseThrow();
        int longer = 0;
        for (int step = 0; step < 100 * batches.perEpoch(); step++) {
            Batch batch = batches.at(step);
            if (batch.rows() < 32) {
                longer += Arrays.stream(rows(batch))
                                        .map(r -> lengths[r])
                                        .average()
                                        .orElseThrow()
                                > mean
                        ? 1
                        : 0;
            }
        }
        assertTrue(longer > 20 && longer < 80, longer + " of 100 epochs");
    }

    @Test
    void nonsenseIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Batches.inFileOrder(0, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> Batches.inFileOrder(1, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> Batches.inFileOrder(1, 1, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> Batches.inFileOrder(1, 1, 1).at(-1));
    }
}
