package dev.graft.peft.spi;

import java.util.Map;
import java.util.OptionalDouble;

/** A method under another name, with some settings fixed; its files are those of the method. */
record Preset(String id, PeftMethod method, Map<String, ?> fixed) implements PeftMethod {
    @Override
    public Injection configure(Settings settings, ModelShape model) {
        fixed.forEach(settings::fix);
        return method.configure(settings, model);
    }

    @Override
    public String peftType() {
        return method.peftType();
    }

    @Override
    public OptionalDouble learningRate() {
        return method.learningRate();
    }
}
