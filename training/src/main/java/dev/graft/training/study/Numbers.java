package dev.graft.training.study;

import dev.graft.training.plan.Keys;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lists of whole numbers in a file, and numbers for people. */
final class Numbers {
    private Numbers() {}

    /** A list of different whole numbers from 1; another one if it is absent. */
    static List<Integer> list(Keys keys, String key, List<Integer> otherwise) {
        List<Object> given = keys.list(key, "whole numbers from 1");
        if (given == null) {
            return otherwise;
        }
        List<Integer> numbers = new ArrayList<>();
        for (Object one : given) {
            if (!(one instanceof Integer number) || number < 1 || numbers.contains(number)) {
                throw keys.wrong(key, "a list of different whole numbers from 1");
            }
            numbers.add(number);
        }
        return numbers;
    }

    /** 1,234,567. */
    static String whole(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** With digits behind the point. */
    static String fixed(double number, int digits) {
        return String.format(Locale.ROOT, "%,." + digits + "f", number);
    }

    /** 3.1e-07. */
    static String small(double number) {
        return number == 0 ? "0" : String.format(Locale.ROOT, "%.1e", number);
    }
}
