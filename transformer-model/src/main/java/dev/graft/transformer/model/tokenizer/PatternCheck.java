package dev.graft.transformer.model.tokenizer;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a regular expression of a tokenizer as Oniguruma's syntax has it, and refuses what can take for ever or what no
 * tokenizer needs: the native library ends the process where a search takes too many steps. What is left needs at most
 * about the square of a text's length.
 */
final class PatternCheck {
    private static final int LONGEST = 8192;
    private static final int DEEPEST = 16;
    private static final int MOST_REPEATS = 1000;

    /** A count from here on is as good as no end. */
    private static final int MANY = 16;

    private static final Pattern KIND = Pattern.compile("\\?(:|=|!|<=|<!|>|[imsx]*(-[imsx]+)?:|<[A-Za-z_]\\w{0,30}>)");
    private static final String ESCAPED = "sSdDwWhHrntfvaebBAzZ";

    private final String pattern;
    private int at;

    private PatternCheck(String pattern) {
        this.pattern = pattern;
    }

    /**
     * A part of an expression.
     *
     * @param mandatory true if it must match something, or look at something
     * @param open repeats without an end in it, one behind the other
     * @param variable true if it has repeats of different lengths, or alternatives
     */
    private record Part(boolean mandatory, int open, boolean variable) {
        static final Part ONE = new Part(true, 0, false);
        static final Part NOTHING = new Part(false, 0, false);
    }

    /**
     * Reads an expression.
     *
     * @throws IllegalArgumentException that says what is not allowed
     */
    static void check(String pattern) {
        if (pattern.length() > LONGEST) {
            throw new IllegalArgumentException("it has " + pattern.length() + " characters; allowed: " + LONGEST);
        }
        PatternCheck check = new PatternCheck(pattern);
        check.alternatives(0);
        if (check.at < pattern.length()) {
            throw check.wrong("a closing parenthesis without an opening one");
        }
    }

    private Part alternatives(int depth) {
        if (depth > DEEPEST) {
            throw wrong("groups nested more than " + DEEPEST + " deep");
        }
        Part whole = sequence(depth);
        while (peek('|')) {
            at++;
            Part next = sequence(depth);
            whole = new Part(whole.mandatory && next.mandatory, Math.max(whole.open, next.open), true);
        }
        return whole;
    }

    private Part sequence(int depth) {
        Part whole = Part.NOTHING;
        while (at < pattern.length() && !peek('|') && !peek(')')) {
            Part next = repeated(piece(depth));
            if (next.mandatory && whole.open > 1) {
                throw wrong("two repeats without an end in front of something that must match");
            }
            whole = new Part(
                    whole.mandatory || next.mandatory, whole.open + next.open, whole.variable || next.variable);
        }
        return whole;
    }

    private Part piece(int depth) {
        char c = pattern.charAt(at++);
        switch (c) {
            case '[' -> characters(0);
            case '\\' -> escaped();
            case '(' -> {
                return group(depth);
            }
            case '*', '+', '?' -> throw wrong("a repeat of nothing");
            default -> {} // a character
        }
        return Part.ONE;
    }

    private Part group(int depth) {
        boolean looks = false;
        if (peek('?')) {
            String begin = pattern.substring(at, Math.min(pattern.length(), at + 40));
            Matcher kind = KIND.matcher(begin);
            if (!kind.lookingAt()) {
                throw wrong("a group of the kind (" + begin);
            }
            looks = begin.matches("(?s)\\?(=|!|<=|<!).*");
            at += kind.end();
        }
        Part inner = alternatives(depth + 1);
        if (!peek(')')) {
            throw wrong("a group without an end");
        }
        at++;
        return looks ? new Part(true, inner.open, inner.variable) : inner;
    }

    /** What follows a piece: nothing, or how often it may stand there. */
    private Part repeated(Part piece) {
        Part part = piece;
        while (at < pattern.length()) {
            char c = pattern.charAt(at);
            if (c == '*' || c == '+') {
                at++;
                part = times(part, c == '+' ? 1 : 0, Integer.MAX_VALUE);
            } else if (c == '?') {
                at++;
                part = times(part, 0, 1);
            } else if (c == '{' && pattern.substring(at).matches("(?s)\\{\\d{0,6}(,\\d{0,6})?\\}.*")) {
                int end = pattern.indexOf('}', at);
                String[] counts = pattern.substring(at + 1, end).split(",", -1);
                at = end + 1;
                int least = count(counts[0], 0);
                part = times(part, least, counts.length == 1 ? least : count(counts[1], Integer.MAX_VALUE));
            } else {
                break;
            }
            if (peek('?') || peek('+')) { // as few as possible, or without a way back
                at++;
            }
        }
        return part;
    }

    private int count(String digits, int otherwise) {
        int count = digits.isEmpty() ? otherwise : Integer.parseInt(digits);
        if (count > MOST_REPEATS && count != otherwise) {
            throw wrong("more than " + MOST_REPEATS + " repeats");
        }
        return count;
    }

    private Part times(Part part, int least, int most) {
        if (most > 1 && (part.variable || part.open > 0)) {
            throw wrong("a repeat of something that itself varies in length");
        }
        boolean open = most >= MANY && most != least;
        return new Part(part.mandatory && least > 0, part.open + (open ? 1 : 0), part.variable || least != most);
    }

    private void characters(int depth) {
        if (depth > DEEPEST) {
            throw wrong("classes nested more than " + DEEPEST + " deep");
        }
        if (peek('^')) {
            at++;
        }
        if (peek(']')) { // in front it is a character
            at++;
        }
        while (!peek(']')) {
            if (at >= pattern.length()) {
                throw wrong("a class without an end");
            }
            char c = pattern.charAt(at++);
            if (c == '[') {
                characters(depth + 1);
            } else if (c == '\\') {
                escaped();
            }
        }
        at++;
    }

    private void escaped() {
        if (at >= pattern.length()) {
            throw wrong("a backslash at the end");
        }
        char c = pattern.charAt(at++);
        if (Character.isLetterOrDigit(c) && c != 'p' && c != 'P' && c != 'x' && c != 'u' && ESCAPED.indexOf(c) < 0) {
            throw wrong("\\" + c);
        }
        if ((c == 'p' || c == 'P') && !peek('{')) {
            throw wrong("\\" + c + " without a name in braces");
        }
        if ((c == 'p' || c == 'P' || c == 'x') && peek('{')) {
            int end = pattern.indexOf('}', at);
            if (end < 0 || end - at > 40) {
                throw wrong("braces without an end");
            }
            at = end + 1;
        }
    }

    private boolean peek(char c) {
        return at < pattern.length() && pattern.charAt(at) == c;
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("it has " + what + ", at character " + at + ", which is not allowed");
    }
}
