package dev.graft.lora.core;

import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Site;
import java.util.Map;

/** The words of {@code init_lora_weights}, and why those of Hugging Face PEFT that are missing here are refused. */
final class StartWord {
    private static final String KEY = "init_lora_weights";
    private static final String WORDS = "true, false, gaussian, a_zero, orthogonal, pissa, olora";
    private static final String BY_DATA =
            "which a new adapter here does not see; pissa and olora start from the weights alone";

    private StartWord() {}

    /** Reads it. */
    static String read(Settings settings) {
        Object given = settings.any(KEY, true);
        if (settings.madeByPeft() && "eva".equals(given)) {
            settings.inert("eva_config"); // where A and B came from: a stored adapter has their values
            settings.record(KEY, true);
            return "true";
        }
        if (given instanceof String word && !why(word).isEmpty()) {
            throw settings.wrong(KEY, word, WORDS + ". " + why(word));
        }
        String start = settings.choice(KEY, "true", WORDS.split(", "));
        if (start.equals("a_zero")) {
            settings.record(KEY, true); // PEFT does not know the word, and a stored adapter has its values
        }
        return start;
    }

    /** Why a word is none; empty for one that is, and for one that nobody knows. */
    private static String why(String word) {
        Map<String, String> reasons = Map.of(
                "zero",
                "With A and B both zero the gradient of A is a product with B and that of B a product with A: both"
                        + " stay zero for ever",
                "eva",
                "eva starts from the singular vectors of activations of data, " + BY_DATA
                        + "; an adapter that PEFT trained from it is read with true in its place",
                "corda",
                "corda starts from the covariance of activations of data, " + BY_DATA,
                "lora_ga",
                "lora_ga starts from gradients of data, " + BY_DATA,
                "loftq",
                "loftq makes up for the error of a quantised base, and bases here are not quantised: use pissa or true",
                "mica",
                "mica trains A alone, beside a frozen B of the smallest singular values, which is not built: lora_fa "
                        + "trains B alone");
        return word.startsWith("pissa_niter_")
                ? "pissa_niter_N is pissa by N rounds of a fast approximation; pissa is exact here: use it"
                : reasons.getOrDefault(word, "");
    }

    /** Checks what can be known before there are tensors. */
    static void check(Settings settings, String word, int rank, Site site) {
        int most = Math.min(site.inputSize(), site.outputSize());
        if ((word.equals("pissa") || word.equals("olora")) && rank > most) {
            throw settings.wrong("r", rank, "at most " + most + " with " + KEY + "=" + word + ", at " + site.path());
        }
        if (word.equals("orthogonal") && rank % 2 != 0) {
            throw settings.wrong("r", rank, "an even number with " + KEY + "=orthogonal, at " + site.path());
        }
    }

    /** True if a new adapter with this start changes no bit: A or B is zero, or what they add is taken away. */
    static boolean leavesTheBase(String word) {
        return !word.equals("false") && !word.equals("orthogonal");
    }
}
