package dev.graft.training.compare;

import dev.graft.training.report.Numbers;

/** Numbers as people read them, the same in every country. */
final class Figures {
    private Figures() {}

    static void checkShare(String name, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException(name + " is " + share + "; allowed: 0 to 1");
        }
    }

    static void checkAmount(String name, double amount) {
        if (!(amount >= 0) || Double.isInfinite(amount)) {
            throw new IllegalArgumentException(name + " is " + amount + "; allowed: a number from 0");
        }
    }

    static String count(double number) {
        return fixed(number, 0);
    }

    static String fixed(double number, int digits) {
        return Numbers.fixed(number, digits);
    }

    /** In percent, with the spread over seeds where there are several. */
    static String percent(Spread share) {
        String mean = fixed(100 * share.mean(), 1);
        return share.runs() == 1 ? mean : mean + " \u00B1 " + fixed(100 * share.deviation(), 1);
    }

    /** A small share in percent with three digits that say something: 0.0123, 1.23, 100. */
    static String share(double share) {
        double percent = 100 * share;
        int digits = percent == 0 || percent >= 100 ? 0 : Math.max(0, 2 - (int) Math.floor(Math.log10(percent)));
        return fixed(percent, Math.min(6, digits));
    }

    /** A file's size: 590 kB, 87.1 MB. */
    static String bytes(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        double kilo = bytes / 1000.0;
        return kilo < 1000 ? fixed(kilo, kilo < 10 ? 1 : 0) + " kB" : fixed(kilo / 1000, 1) + " MB";
    }
}
