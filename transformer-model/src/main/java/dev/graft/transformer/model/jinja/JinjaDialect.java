package dev.graft.transformer.model.jinja;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rewrites what Jinja2 allows in an expression and Jinjava reads otherwise: {@code [::-1]} becomes a filter, and the
 * value of a named argument gets parentheses, which bind it together ({@code f(x=a - 1)} is read as {@code f((x=a) - 1)}
 * without them). Spaces between the beginning of a line and a statement are taken out here too: Jinjava would also take
 * those between an expression and a statement.
 */
final class JinjaDialect {
    private static final String REVERSED = "[::-1]";
    private static final Pattern FILTER = Pattern.compile("\\|\\s*([A-Za-z_]\\w*)");
    private static final Pattern CHOSEN = Pattern.compile("[-+]?\\s*for\\b.*\\bin\\b.*\\sif\\s.*", Pattern.DOTALL);
    private static final Pattern MACRO = Pattern.compile("[-+]?\\s*(macro|call)\\b");

    private final String template;
    private final StringBuilder out = new StringBuilder();
    private final Set<String> filters = new TreeSet<>();
    private int at;

    /** False in the head of a macro, whose defaults are no arguments. */
    private boolean wraps;

    /**
     * Reads a template.
     *
     * @throws TemplateException if it has loops with a condition, whose meaning Jinjava does not know
     */
    JinjaDialect(String template) {
        this.template = template;
        while (at < template.length()) {
            text();
        }
    }

    /** The template as Jinjava reads it. */
    String rewritten() {
        return out.toString();
    }

    /** Names of the filters that it uses. */
    Set<String> filters() {
        return filters;
    }

    /** Up to the next expression or statement, and that. */
    private void text() {
        if (template.startsWith("{#", at) || template.startsWith("{%", at)) {
            stripLine();
        }
        if (template.startsWith("{#", at)) {
            int end = template.indexOf("#}", at);
            copy((end < 0 ? template.length() : end) - at);
        } else if (template.startsWith("{{", at)) {
            copy(2);
            wraps = true;
            expression("}}", false);
        } else if (template.startsWith("{%", at)) {
            refuseChosen();
            copy(2);
            wraps = !MACRO.matcher(template).region(at, template.length()).lookingAt();
            expression("%}", false);
        } else {
            copy(1);
        }
    }

    /** Takes back what was copied of this line, if that is spaces and tabs only; a plus behind the mark keeps them. */
    private void stripLine() {
        int begin = at;
        while (begin > 0 && (template.charAt(begin - 1) == ' ' || template.charAt(begin - 1) == '\t')) {
            begin--;
        }
        if ((begin == 0 || template.charAt(begin - 1) == '\n') && !template.startsWith("+", at + 2)) {
            out.setLength(out.length() - (at - begin));
        }
    }

    private void refuseChosen() {
        int end = template.indexOf("%}", at);
        String statement = template.substring(at + 2, end < 0 ? template.length() : end);
        if (CHOSEN.matcher(statement).matches() && !statement.contains(" else ")) {
            throw new TemplateException("the chat template has a loop with a condition, {%" + statement
                    + "%}, which is not supported; put the condition inside the loop");
        }
    }

    /** Up to a closing mark, which is left to the caller; inside a call, named arguments are wrapped. */
    private void expression(String close, boolean call) {
        boolean wrapped = false;
        while (at < template.length() && !template.startsWith(close, at)) {
            char c = template.charAt(at);
            if (c == '\'' || c == '"') {
                literal(c);
            } else if (template.startsWith(REVERSED, at)) {
                out.append("|reverse");
                at += REVERSED.length();
            } else if (call && c == ',' && wrapped) {
                out.append(")");
                wrapped = false;
                copy(1);
            } else if (call && !wrapped && isAssignment()) {
                copy(1);
                out.append("(");
                wrapped = true;
            } else {
                note(c);
                copy(1);
                nested(c);
            }
        }
        if (wrapped) {
            out.append(")");
        }
    }

    private void note(char c) {
        Matcher filter = FILTER.matcher(template).region(at, template.length());
        if (c == '|' && filter.lookingAt()) {
            filters.add(filter.group(1));
        }
    }

    private void nested(char opened) {
        String close = opened == '(' ? ")" : opened == '[' ? "]" : opened == '{' ? "}" : null;
        if (close != null) {
            expression(close, wraps && opened == '(');
            copy(Math.min(1, template.length() - at));
        }
    }

    private boolean isAssignment() {
        return template.charAt(at) == '='
                && !template.startsWith("==", at)
                && "=!<>".indexOf(template.charAt(at - 1)) < 0;
    }

    private void literal(char quote) {
        copy(1);
        while (at < template.length() && template.charAt(at) != quote) {
            copy(template.charAt(at) == '\\' ? Math.min(2, template.length() - at) : 1);
        }
        copy(Math.min(1, template.length() - at));
    }

    private void copy(int characters) {
        out.append(template, at, at + characters);
        at += characters;
    }
}
