package dev.graft.architecture.planted.state;

/** Asks which method it is. */
public final class Rates {
    private Rates() {}

    /** Returns a rate. */
    public static double rate(String method) {
        return switch (method) {
            case "lora" -> 5e-4;
            default -> 1e-4;
        };
    }
}
