package dev.graft.training.report;

import java.math.BigDecimal;
import java.util.Locale;

/** Numbers for people. */
public final class Numbers {
    private Numbers() {}

    /** 1,234,567. */
    public static String whole(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** With so many digits behind the point. */
    public static String fixed(double number, int digits) {
        return String.format(Locale.ROOT, "%,." + digits + "f", number);
    }

    /** 3.1e-07. */
    public static String small(double number) {
        return number == 0 ? "0" : String.format(Locale.ROOT, "%.1e", number);
    }

    /** A learning rate: 5e-4. */
    public static String rate(double rate) {
        BigDecimal exact = new BigDecimal(Double.toString(rate)).stripTrailingZeros();
        if (exact.signum() == 0) {
            return "0";
        }
        int exponent = exact.precision() - exact.scale() - 1;
        return exact.movePointLeft(exponent).stripTrailingZeros().toPlainString()
                + (exponent == 0 ? "" : "e" + exponent);
    }
}
