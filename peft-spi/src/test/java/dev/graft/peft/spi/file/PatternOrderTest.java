package dev.graft.peft.spi.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PatternOrderTest {
    private static final List<String> TENSORS = List.of(
            "base_model.model.bert.encoder.layer.0.attention.self.query.lora_A.weight",
            "base_model.model.bert.encoder.layer.1.attention.self.value.lora_A.weight");

    @Test
    void patternsThatDoNotMeetAreSorted() {
        assertEquals(List.of("query", "value"), sorted("value", "query"));
    }

    @Test
    void patternsWhoseWinnerWouldChangeStay() {
        assertEquals(
                List.of("self.query", "layer.0.attention.self.query"),
                sorted("self.query", "layer.0.attention.self.query"));
        assertEquals(
                List.of("layer.0.attention.self.query", "self.query"),
                sorted("layer.0.attention.self.query", "self.query"));
    }

    @Test
    void patternsThatMeetOnlyInOtherModulesAreSorted() {
        assertEquals(List.of("layer.7.query", "query"), sorted("query", "layer.7.query"));
    }

    @Test
    void anExpressionOfPythonAloneStays() {
        assertEquals(List.of("z(?P<n>a)(?P=n)", "a"), sorted("z(?P<n>a)(?P=n)", "a"));
    }

    private static List<String> sorted(String... patterns) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (String pattern : patterns) {
            map.put(pattern, 4);
        }
        return List.copyOf(PatternOrder.sorted(map, TENSORS).keySet());
    }
}
