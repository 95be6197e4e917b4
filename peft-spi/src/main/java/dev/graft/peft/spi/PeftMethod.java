package dev.graft.peft.spi;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A method of parameter-efficient fine-tuning: the one interface that a plugin provides.
 *
 * <p>It is found by {@link java.util.ServiceLoader}: {@code provides PeftMethod with ...} in the plugin's module-info.
 * An implementation has a public constructor without arguments and no mutable state; any thread may call it.
 */
public interface PeftMethod {
    /**
     * The name by which users and files know the method, such as {@code lora}: lower-case letters, digits and hyphens.
     * {@code head}, {@code full} and {@code base} are taken. Two methods with one id are an error at start.
     */
    String id();

    /**
     * Reads and checks every setting, before any tensor exists. A key that is not read here is refused by the
     * framework, with a message that lists the keys that were read.
     *
     * @param settings the user's keys and values
     * @param model the sizes of the base and all its sites
     * @return what will be attached to the sites
     * @throws SettingsException if a value is not allowed; it names key, value and what is allowed
     */
    Injection configure(Settings settings, ModelShape model);

    /**
     * Other names by which users know the method with some settings fixed, such as {@code dora}: name to settings. An
     * adapter that was made under such a name is stored and loaded as one of the method.
     */
    default Map<String, Map<String, ?>> presets() {
        return Map.of();
    }

    /** How this method stores low-rank updates, so that other adapters can be converted to it; empty if it cannot. */
    default Optional<LowRankForm> lowRankForm() {
        return Optional.empty();
    }

    /** The {@code peft_type} in an adapter's file: the id in capital letters, but where Hugging Face PEFT has a name of its own. */
    default String peftType() {
        return id().toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** The learning rate for users who give none; empty if they have to. */
    default OptionalDouble learningRate() {
        return OptionalDouble.empty();
    }
}
