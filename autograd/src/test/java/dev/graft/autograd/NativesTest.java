package dev.graft.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bytedeco.dnnl.global.dnnl;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

/** The native libraries load and compute from named modules. */
class NativesTest {
    @Test
    void nd4jIsANamedModuleThatMultiplies() {
        assertEquals("org.nd4j", Nd4j.class.getModule().getName());
        var product = Nd4j.createFromArray(new float[][] {{1, 2}, {3, 4}}).mmul(Nd4j.createFromArray(new float[][] {
            {5, 6}, {7, 8}
        }));
        assertEquals(Nd4j.createFromArray(new float[][] {{19, 22}, {43, 50}}), product);
    }

    @Test
    void oneDnnReportsTheVersionThatTheBuildNames() {
        var version = dnnl.dnnl_version();
        assertEquals(3, version.major());
        assertEquals(11, version.minor());
        assertTrue(NativesTest.class.getModule().isNamed());
    }
}
