package dev.graft.transformer.model.jinja;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import java.util.Map;
import jinjava.javax.el.CompositeELResolver;

/** A Jinja2 template, rendered by Jinjava as Hugging Face's transformers sets Jinja2 up. */
public final class JinjaTemplate {
    /** Stands in front of what a template marks as written by the model. */
    public static final char OPEN = GenerationTag.OPEN;

    /** Stands behind it. */
    public static final char CLOSE = GenerationTag.CLOSE;

    /** Most characters of a text or of what is written: a few lines can double a text again and again. */
    private static final int MOST_TEXT = 8 << 20;

    private static final int MOST_VALUES = 100_000;

    private final Jinjava jinja;
    private final String template;

    /**
     * Reads a template.
     *
     * @throws TemplateException if it uses something that Jinjava would pass over
     */
    public JinjaTemplate(String template) {
        JinjaDialect dialect = new JinjaDialect(template);
        this.template = dialect.rewritten();
        CompositeELResolver resolver = new CompositeELResolver();
        resolver.add(new PythonStrings());
        resolver.add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
        this.jinja = new Jinjava(JinjavaConfig.newBuilder()
                .withElResolver(resolver)
                .withTrimBlocks(true)
                .withNestedInterpretationEnabled(false) // what a message says is text, never a template
                .withLegacyOverrides(asJinja2())
                .withMaxOutputSize(MOST_TEXT)
                .withMaxStringLength(MOST_TEXT)
                .withMaxListSize(MOST_VALUES)
                .withMaxMapSize(MOST_VALUES)
                .build());
        jinja.getGlobalContext().registerTag(new GenerationTag());
        jinja.getGlobalContext().registerTag(new BoundedLoop());
        for (String filter : dialect.filters()) {
            if (jinja.getGlobalContext().getFilter(filter) == null) { // it would be passed over
                throw new TemplateException("the chat template uses the filter " + filter
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
        jinja.getGlobalContext()
                .registerFunction(new ELFunctionDefinition("", name, TemplateFunctions.class, own, parameter));
    }

    /**
     * The text.
     *
     * @throws TemplateException if the template refuses the values or cannot be rendered
     */
    public String render(Map<String, Object> values) {
        RenderResult result = jinja.renderForResult(template, BoundedLoop.counted(values));
        for (TemplateError error : result.getErrors()) {
            for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
                if (cause instanceof TemplateException refused) {
                    throw refused;
                }
            }
        }
        if (!result.getErrors().isEmpty()) {
            TemplateError error = result.getErrors().get(0);
            throw new TemplateException(
                    "the chat template fails at its line " + error.getLineno() + ": " + error.getMessage());
        }
        return result.getOutput();
    }
}
