package dev.graft.training;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.data.ChatExample;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.TextTokenizer.Placed;
import dev.graft.transformer.model.chat.ChatTemplate;
import dev.graft.transformer.model.chat.ChatTemplateException;
import dev.graft.transformer.model.chat.ChatText;

/** Makes tokens of conversations by the base's chat template, and knows which of them the assistant writes. */
final class ChatEncoder {
    private final BaseModel base;
    private final ChatTemplate template;

    /** Refuses a base that has no template. */
    ChatEncoder(BaseModel base) {
        if (base.config().encoderDecoder()) {
            throw new SettingsException("the data has conversations, but a base of the family "
                    + base.config().modelType() + " has an encoder for prompts; use rows with prompt and completion");
        }
        this.base = base;
        this.template = base.requireChatTemplate();
    }

    /**
     * Tokens of a conversation.
     *
     * @param ids its tokens
     * @param labelled true for those that count in the loss
     */
    record Encoded(int[] ids, boolean[] labelled) {}

    Encoded encode(ChatExample talk, boolean everything) {
        try {
            ChatText text = everything
                    ? new ChatText(template.render(talk.messages(), false), java.util.List.of())
                    : template.withSpans(talk.messages());
            Placed placed = base.tokenizer().encodePlaced(text.text());
            boolean[] labelled = new boolean[placed.ids().length];
            for (int i = 0; i < labelled.length; i++) {
                labelled[i] = everything || text.isAssistant(placed.from()[i], placed.to()[i]);
            }
            return new Encoded(placed.ids(), labelled);
        } catch (ChatTemplateException e) {
            throw new SettingsException("a conversation that begins with \""
                    + talk.messages().get(0).content() + "\" cannot be rendered: " + e.getMessage());
        }
    }
}
