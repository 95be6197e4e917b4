package dev.graft.lora.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.LowRankTerm;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.Site;
import dev.graft.peft.testkit.TinyBase;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.overlay.AdapterParameter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The properties of Hugging Face PEFT's {@code orthogonal_init} (0.21, tuners/lora/layer.py), whose random numbers are
 * PyTorch's: neither factor is zero, their product is, and an element's mean square is that of r / 2 normal numbers times
 * rows of an orthogonal matrix of size r, over 100: 1 / 200.
 */
class OrthogonalStartTest {
    private static final PeftMethods METHODS = new PeftMethods(List.of(new LoraMethod()));

    @TempDir
    Path folder;

    private BaseModel base;

    @BeforeEach
    void open() throws Exception {
        base = BaseModel.open(TinyBase.write(folder.resolve("base"), 1));
    }

    @AfterEach
    void close() {
        base.close();
    }

    private Adapter adapter(int rank, long seed) {
        Map<String, Object> settings =
                Map.of("r", rank, "init_lora_weights", "orthogonal", "target_modules", "all-linear");
        return Adapter.create(base, METHODS, "lora", settings, List.of(), seed);
    }

    private static float[] values(Parameter parameter) {
        return ((AdapterParameter) parameter).tensor().toArray();
    }

    private static double meanSquare(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return sum / values.length;
    }

    @Test
    void theProductOfTwoRandomFactorsIsZero() {
        try (Adapter adapter = adapter(8, 1)) {
            int sites = 0;
            double squares = 0;
            for (Site site : base.shape().sites()) {
                for (LowRankTerm term : adapter.hook(site).lowRank()) {
                    float[] a = values(term.a());
                    float[] b = values(term.b());
                    for (int i = 0; i < site.outputSize(); i++) {
                        for (int j = 0; j < site.inputSize(); j++) {
                            double product = 0;
                            for (int k = 0; k < 8; k++) {
                                product += (double) b[i * 8 + k] * a[k * site.inputSize() + j];
                            }
                            assertEquals(0, product, 1e-7, site.path());
                        }
                    }
                    squares += (meanSquare(a) + meanSquare(b)) / 2;
                    sites++;
                }
            }
            assertTrue(sites > 4, sites + " sites");
            assertEquals(1 / 200.0, squares / sites, 0.15 / 200);
        }
    }

    @Test
    void theSeedDecidesBothFactors() {
        try (Adapter one = adapter(4, 1);
                Adapter same = adapter(4, 1);
                Adapter other = adapter(4, 2)) {
            for (Site site : base.shape().sites()) {
                for (int i = 0; i < one.hook(site).lowRank().size(); i++) {
                    for (boolean a : List.of(true, false)) {
                        float[] values = values(factor(one, site, i, a));
                        assertArrayEquals(values, values(factor(same, site, i, a)));
                        assertFalse(Arrays.equals(values, values(factor(other, site, i, a))), site.path());
                    }
                }
            }
        }
    }

    private static Parameter factor(Adapter adapter, Site site, int term, boolean a) {
        LowRankTerm product = adapter.hook(site).lowRank().get(term);
        return a ? product.a() : product.b();
    }

    @Test
    void anOddRankAndStartsThatNeedDataAreRefusedWithTheReason() {
        assertTrue(assertThrows(SettingsException.class, () -> adapter(3, 1))
                .getMessage()
                .contains("'r' is 3; allowed: an even number with init_lora_weights=orthogonal"));
        for (String[] word : new String[][] {
            {"eva", "activations of data"},
            {"corda", "covariance"},
            {"lora_ga", "gradients of data"},
            {"loftq", "not quantised"},
            {"mica", "frozen B"},
            {"pissa_niter_16", "pissa is exact here"}
        }) {
            Map<String, Object> settings = Map.of("init_lora_weights", word[0]);
            String message = assertThrows(
                            SettingsException.class,
                            () -> Adapter.create(base, METHODS, "lora", settings, List.of(), 0))
                    .getMessage();
            assertTrue(message.contains(word[1]) && message.contains("olora"), message);
        }
    }
}
