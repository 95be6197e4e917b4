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
     *
     * <p>Called any number of times, on any thread; always the same text.
     *
     * @return the id, which adapters' files keep: it never changes once files exist
     */
    String id();

    /**
     * Reads and checks every setting, before any tensor exists. A key that is not read here is refused by the
     * framework, with a message that lists the keys that were read.
     *
     * <p>Called once for each adapter that is made or loaded, on the thread that does so; several threads may do so at
     * once, so everything that belongs to an adapter is in the result and nothing in the method.
     *
     * @param settings the user's keys and values
     * @param model the sizes of the base and all its sites; it may be kept
     * @return what will be attached to the sites: a new object each time
     * @throws SettingsException if a value is not allowed; it names key, value and what is allowed
     */
    Injection configure(Settings settings, ModelShape model);

    /**
     * Other names by which users know the method with some settings fixed, such as {@code dora}: name to settings. An
     * adapter that was made under such a name is stored and loaded as one of the method. Called when methods are found;
     * a name that is malformed or taken is an error at start, a setting that {@link #configure} refuses one at use.
     *
     * @return never changes; empty for none
     */
    default Map<String, Map<String, ?>> presets() {
        return Map.of();
    }

    /**
     * How this method stores low-rank updates, so that other adapters can be converted to it. Called when adapters are
     * converted or combined, on any thread.
     *
     * @return empty if it cannot hold them
     */
    default Optional<LowRankForm> lowRankForm() {
        return Optional.empty();
    }

    /**
     * The {@code peft_type} in an adapter's file: the id in capital letters, but where Hugging Face PEFT has a name of
     * its own. Called any number of times, on any thread; two methods with one type are an error at start.
     *
     * @return always the same text, of capital letters, digits and underscores
     */
    default String peftType() {
        return id().toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /**
     * True if this method is what AdapterHub's library means by a configuration, so that its folders are read as this
     * method's. Called when such a folder is read, on any thread; at most one method says so.
     *
     * @param config keys and values of one of AdapterHub's configurations, such as BnConfig or LoRAConfig
     */
    default boolean isAdapterHub(Map<String, ?> config) {
        return false;
    }

    /**
     * The learning rate for users who give none: one that works in a short run on a small task, as {@code graft
     * compare} has it. Called any number of times, on any thread.
     *
     * @return above 0; empty if users have to give one
     */
    default OptionalDouble learningRate() {
        return OptionalDouble.empty();
    }
}
