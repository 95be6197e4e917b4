package dev.graft.transformer.model.chat;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import com.hubspot.jinjava.el.ext.NamedParameter;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.objects.Namespace;
import java.lang.reflect.Method;
import java.util.Map;
import jinjava.javax.el.CompositeELResolver;

/** A Jinja2 template, rendered by Jinjava as Hugging Face's transformers sets Jinja2 up. */
final class JinjaTemplate {
    private final Jinjava jinja;
    private final String template;

    /**
     * Reads a template.
     *
     * @throws ChatTemplateException if it uses something that Jinjava would pass over
     */
    JinjaTemplate(String template) {
        JinjaDialect dialect = new JinjaDialect(template);
        this.template = dialect.rewritten();
        CompositeELResolver resolver = new CompositeELResolver();
        resolver.add(new PythonStrings());
        resolver.add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
        this.jinja = new Jinjava(JinjavaConfig.newBuilder()
                .withElResolver(resolver)
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                .withNestedInterpretationEnabled(false) // what a message says is text, never a template
                .withLegacyOverrides(asJinja2())
                .build());
        jinja.getGlobalContext().registerTag(new GenerationTag());
        for (String filter : dialect.filters()) {
            if (jinja.getGlobalContext().getFilter(filter) == null) { // it would be passed over
                throw new ChatTemplateException("the chat template uses the filter " + filter
                        + ", which is not supported; rewrite the template without it");
            }
        }
        register("raise_exception", "raise", String.class);
        register("namespace", "namespace", Object[].class);
    }

    private static LegacyOverrides asJinja2() {
        return LegacyOverrides.newBuilder()
                .withEvaluateMapKeys(true)
                .withIterateOverMapKeys(true)
                .withUsePyishObjectMapper(true)
                .withUseNaturalOperatorPrecedence(true)
                .withAllowAdjacentTextNodes(true)
                .withUseTrimmingForNotesAndExpressions(true)
                .withKeepNullableLoopValues(true)
                .withHandleBackslashInQuotesOnly(true)
                .build();
    }

    private void register(String name, String own, Class<?> parameter) {
        try {
            Method method = JinjaTemplate.class.getDeclaredMethod(own, parameter);
            method.setAccessible(true); // Jinjava's module may call it
            jinja.getGlobalContext().registerFunction(new ELFunctionDefinition("", name, method));
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a template calls to refuse a conversation. */
    @SuppressWarnings("unused")
    private static Object raise(String message) {
        throw new ChatTemplateException(message);
    }

    /** {@code namespace(a=1)}: values that a loop may change. */
    @SuppressWarnings("unused")
    private static Object namespace(Object... values) {
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

    /**
     * The text.
     *
     * @throws ChatTemplateException if the template refuses the values or cannot be rendered
     */
    String render(Map<String, Object> values) {
        RenderResult result = jinja.renderForResult(template, values);
        for (TemplateError error : result.getErrors()) {
            for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
                if (cause instanceof ChatTemplateException refused) {
                    throw refused;
                }
            }
        }
        if (!result.getErrors().isEmpty()) {
            TemplateError error = result.getErrors().get(0);
            throw new ChatTemplateException(
                    "the chat template fails at its line " + error.getLineno() + ": " + error.getMessage());
        }
        return result.getOutput();
    }
}
