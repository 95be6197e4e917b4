package dev.graft.transformer.model.jinja;

import com.hubspot.jinjava.el.ext.NamedParameter;
import com.hubspot.jinjava.objects.Namespace;
import java.util.Map;

/** Functions that templates call. Jinjava finds them by name, which is why they are public. */
public final class TemplateFunctions {
    private TemplateFunctions() {}

    /** {@code raise_exception("...")}: refuses the values. */
    public static Object raise(String message) {
        throw new TemplateException(message);
    }

    /** {@code namespace(a=1)}: values that a loop may change. */
    public static Object namespace(Object... values) {
        Namespace namespace = new Namespace();
        for (Object value : values) {
            if (value instanceof NamedParameter named) {
                namespace.put(named.getName(), named.getValue());
            } else if (value instanceof Map<?, ?> map) {
                map.forEach((key, each) -> namespace.put(String.valueOf(key), each));
            }
        }
        return namespace;
    }
}
