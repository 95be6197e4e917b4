package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.GraftNotes;
import dev.graft.training.TensorBytes;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.BaseModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Adapters on disk. */
interface FileLaws {
    Bench bench();

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void saveLoadSaveGivesTheSameBytesAndTheSameOutput(Case one) throws IOException {
        try (Adapter adapter = bench().lively(one.settings(), 1)) {
            Path first = AdapterFiling.save(bench(), adapter);
            try (Adapter loaded = AdapterFiling.load(bench(), first)) {
                assertEquals(adapter.method(), loaded.method());
                assertEquals(adapter.labels(), loaded.labels());
                Same.bits(Values.stored(adapter), Values.stored(loaded), "loaded values");
                Same.bits(Values.fixed(adapter), Values.fixed(loaded), "loaded values that are not trained");
                Same.bits(bench().logits(adapter), bench().logits(loaded), "output of the loaded adapter");
                AdapterFiling.assertSameFiles(first, AdapterFiling.save(bench(), loaded));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void anAdapterForAnotherBaseIsRefused(Case one) throws IOException {
        try (Adapter adapter = bench().lively(one.settings(), 1);
                BaseModel other = BaseModel.open(TinyFamilies.write(bench().family, bench().file("other"), 2))) {
            Path folder = AdapterFiling.save(bench(), adapter);
            var error =
                    assertThrows(FileFormatException.class, () -> AdapterFolder.load(other, bench().methods, folder));
            assertTrue(error.getMessage().contains(other.fingerprint()), error.getMessage());
            assertTrue(error.getMessage().contains(bench().base.fingerprint()), error.getMessage());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void damagedTensorsAreRefused(Case one) throws IOException {
        try (Adapter adapter = bench().lively(one.settings(), 1)) {
            Path folder = AdapterFiling.saveWithoutNotes(bench(), adapter);
            Path file = folder.resolve(AdapterFiling.TENSORS);
            byte[] whole = Files.readAllBytes(file);
            for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                for (String name : ends(adapter)) {
                    AdapterFiling.rewrite(folder, name, wrong);
                    String message = AdapterFiling.assertRefused(bench(), folder);
                    assertTrue(message.contains(name) && message.contains(Float.toString(wrong)), message);
                    Files.write(file, whole);
                }
            }
            for (int length : new int[] {0, 7, 100, whole.length / 2, whole.length - 1}) {
                Files.write(file, Arrays.copyOf(whole, length));
                AdapterFiling.assertRefused(bench(), folder);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void tensorsThatAreMissingOrTooManyAreRefused(Case one) throws IOException {
        try (Adapter adapter = bench().lively(one.settings(), 1)) {
            Path folder = AdapterFiling.save(bench(), adapter); // its notes may have settings that PEFT does not know
            Path file = folder.resolve(AdapterFiling.TENSORS);
            byte[] whole = Files.readAllBytes(file);
            for (String name : ends(adapter)) {
                AdapterFiling.rewrite(folder, name, null);
                String missing = AdapterFiling.assertRefused(bench(), folder);
                assertTrue(missing.contains(name), missing);
                Files.write(file, whole);
            }
            AdapterFiling.rewrite(folder, "base_model.model.one_too_many", 1f);
            String message = AdapterFiling.assertRefused(bench(), folder);
            assertTrue(message.contains("base_model.model.one_too_many"), message);
        }
    }

    /** Names of the first and the last tensor of the file. */
    private static List<String> ends(Adapter adapter) {
        List<String> names = List.copyOf(Values.stored(adapter).keySet());
        return List.of(names.get(0), names.get(names.size() - 1));
    }

    /** Tensors as a message between processes: all that a worker needs, or an error and nothing changed. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void tensorsToBytesAndBackAreTheSameBits(Case one) throws IOException {
        try (Adapter adapter = bench().lively(one.settings(), 1);
                Adapter other = bench().lively(one.settings(), 2)) {
            byte[] bytes = TensorBytes.write(adapter.tensors());
            Map<String, float[]> before = Values.trained(other);
            for (int length : new int[] {0, 7, 100, bytes.length / 2, bytes.length - 1}) {
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThrows(FileFormatException.class, () -> TensorBytes.read(cut, other.tensors()));
            }
            byte[] wrong = bytes.clone();
            wrong[wrong.length - 1] = (byte) 0xff; // the exponent of the last element: infinite, or no number
            wrong[wrong.length - 2] = (byte) 0x80;
            assertThrows(FileFormatException.class, () -> TensorBytes.read(wrong, other.tensors()));
            Same.bits(before, Values.trained(other), "values after bytes that were refused");
            TensorBytes.read(bytes, other.tensors());
            Same.bits(Values.trained(adapter), Values.trained(other), "values from bytes");
            Same.bits(bench().logits(adapter), bench().logits(other), "output with values from bytes");
            assertArrayEquals(bytes, TensorBytes.write(other.tensors()));
        }
    }

    /** A new adapter that is not noted anywhere is written and read as well. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void anAdapterNeedsNoNotes(Case one) throws IOException {
        try (Adapter adapter = bench().lively(one.settings(), 1)) {
            Path folder = bench().file("adapter");
            AdapterFolder.save(folder, bench().base, adapter, GraftNotes.NONE, false);
            try (Adapter loaded = AdapterFiling.load(bench(), folder)) {
                Same.bits(bench().logits(adapter), bench().logits(loaded), "output of the loaded adapter");
            }
        }
    }
}
