package dev.graft.training.compare;

import dev.graft.training.report.CsvLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A comparison as comma-separated values. */
final class Csv {
    private static final String HEADER =
            "method,seed,learning_rate,trainable_parameters,share_of_base,accuracy,macro_f1,"
                    + "validation_accuracy,train_seconds,ms_per_step,tokens_per_second,peak_memory_mib,adapter_bytes,latency_ms,settings,failure";
    private static final int FIGURES = 13;

    private Csv() {}

    static String of(Comparison comparison) {
        StringBuilder text = new StringBuilder(HEADER).append("\r\n");
        for (MethodSummary one : comparison.ranked()) {
            one.runs().forEach(run -> text.append(CsvLine.of(cells(run))));
        }
        for (FailedRun failed : comparison.failures()) {
            List<Object> cells = new ArrayList<>(List.of(failed.method(), failed.seed()));
            for (int i = 0; i < FIGURES; i++) {
                cells.add("");
            }
            cells.add(failed.reason());
            text.append(CsvLine.of(cells));
        }
        return text.toString();
    }

    private static List<Object> cells(MethodResult run) {
        Quality quality = run.quality();
        Cost cost = run.cost();
        return List.of(
                run.method(),
                run.seed(),
                run.learningRate(),
                run.trainableParameters(),
                run.shareOfBase(),
                quality.accuracy(),
                quality.macroF1(),
                quality.validationAccuracy(),
                cost.trainSeconds(),
                cost.millisPerStep(),
                cost.tokensPerSecond(),
                cost.peakMemoryMib(),
                cost.adapterBytes(),
                cost.latencyMillis(),
                settings(run.settings()),
                "");
    }

    private static String settings(Map<String, Object> settings) {
        return settings.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining("; "));
    }
}
