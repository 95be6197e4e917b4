package dev.graft.peft.spi;

/**
 * A setting is wrong: the message names the key, the value given, what is allowed and what to do. A command ends with
 * exit code 2 and this message; nothing was made or written.
 */
public class SettingsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /**
     * An error.
     *
     * @param message for the person who wrote the setting
     */
    public SettingsException(String message) {
        super(message);
    }
}
