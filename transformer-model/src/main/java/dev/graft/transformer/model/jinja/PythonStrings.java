package dev.graft.transformer.model.jinja;

import com.hubspot.jinjava.objects.collections.PyList;
import java.beans.FeatureDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;

/** What chat templates do with texts as Python has it and Jinjava lacks: methods, and characters by their number. */
final class PythonStrings extends ELResolver {
    private static final String SPACE = " \t\n\r\f\u000b";

    @Override
    public Object invoke(ELContext context, Object base, Object method, Class<?>[] types, Object[] parameters) {
        if (!(base instanceof String text)) {
            return null;
        }
        Object result = call(text, String.valueOf(method), parameters == null ? new Object[0] : parameters);
        if (result != null) {
            context.setPropertyResolved(true);
        }
        return result;
    }

    /** Null where it is no method of Python's that is known here. */
    private static Object call(String text, String method, Object... parameters) {
        String first = parameters.length == 0 || parameters[0] == null ? null : parameters[0].toString();
        return switch (method) {
            case "startswith" -> text.startsWith(first);
            case "endswith" -> text.endsWith(first);
            case "strip" -> strip(text, first, true, true);
            case "lstrip" -> strip(text, first, true, false);
            case "rstrip" -> strip(text, first, false, true);
            case "split" -> split(text, first, parameters.length > 1 ? ((Number) parameters[1]).intValue() : -1);
            case "find" -> (long) text.indexOf(first);
            case "count" -> (long) count(text, first);
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "title" -> title(text);
            case "capitalize" -> text.isEmpty() ? text : title(text.substring(0, 1)) + lower(text.substring(1));
            default -> null;
        };
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private static String strip(String text, String characters, boolean left, boolean right) {
        String set = characters == null ? SPACE : characters;
        int from = 0;
        int to = text.length();
        while (left && from < to && set.indexOf(text.charAt(from)) >= 0) {
            from++;
        }
        while (right && to > from && set.indexOf(text.charAt(to - 1)) >= 0) {
            to--;
        }
        return text.substring(from, to);
    }

    private static PyList split(String text, String separator, int most) {
        int limit = most < 0 ? -1 : most + 1;
        List<Object> parts = new ArrayList<>();
        if (separator != null) {
            parts.addAll(Arrays.asList(text.split(Pattern.quote(separator), limit)));
        } else if (!text.isBlank()) {
            parts.addAll(Arrays.asList(strip(text, null, true, true).split("\\s+", limit)));
        }
        return new PyList(parts);
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }

    /** Each run of letters begins with a capital. */
    private static String title(String text) {
        StringBuilder title = new StringBuilder();
        boolean begin = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            title.append(begin ? Character.toTitleCase(c) : Character.toLowerCase(c));
            begin = !Character.isLetter(c);
        }
        return title.toString();
    }

    /** A character by its number; negative ones count from the end. */
    @Override
    public Object getValue(ELContext context, Object base, Object property) {
        if (!(base instanceof String text) || !String.valueOf(property).matches("-?\\d{1,9}")) {
            return null;
        }
        int number = Integer.parseInt(property.toString());
        int at = number < 0 ? text.length() + number : number;
        context.setPropertyResolved(true);
        return at < 0 || at >= text.length() ? null : text.substring(at, at + 1);
    }

    @Override
    public Class<?> getType(ELContext context, Object base, Object property) {
        return null;
    }

    @Override
    public boolean isReadOnly(ELContext context, Object base, Object property) {
        return true;
    }

    @Override
    public void setValue(ELContext context, Object base, Object property, Object value) {
        // texts have nothing to set
    }

    @Override
    public Class<?> getCommonPropertyType(ELContext context, Object base) {
        return Object.class;
    }

    @Override
    public Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, Object base) {
        return Collections.emptyIterator();
    }
}
