package dev.graft.adapter.tuning;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.testkit.MethodContract;
import java.util.List;
import java.util.Map;

/** Three adapters at once, two of them of one method, keep the laws. */
class CompositionContractTest extends MethodContract {
    @Override
    protected PeftMethods methods() {
        return new PeftMethods(List.of(new PfeifferMethod(), new ParallelMethod()));
    }

    @Override
    protected PeftMethod method() {
        return methods().get("pfeiffer+parallel+pfeiffer");
    }

    @Override
    protected Map<String, Map<String, ?>> settings() {
        return Map.of(
                "default",
                Map.of(),
                "second on first",
                Map.of("pfeiffer.trained", false, "pfeiffer2.reduction_factor", 4, "parallel.scaling", "learned"));
    }

    @Override
    protected Map<String, List<?>> refused() {
        return Map.of(
                "pfeiffer2.reduction_factor", List.of(0),
                "parallel.no_such_setting", List.of(1),
                "pfeiffer.trained", List.of("yes"),
                "parallel.lr_ratio", List.of(0, -1));
    }
}
