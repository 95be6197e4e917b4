package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.chat.ChatMessage;
import dev.graft.transformer.model.chat.ChatTemplateException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Whether a prompt is a turn of a conversation. */
final class ChatOptions {
    @Option(
            names = "--chat",
            description = "The prompt is a user's turn, which the base's chat template makes a text of.")
    private boolean chat;

    @Option(names = "--system", paramLabel = "TEXT", description = "The system's turn in front of it, with --chat.")
    private String system;

    /** What the model reads. */
    int[] tokens(BaseModel base, String prompt) {
        if (!chat) {
            if (system != null) {
                throw new SettingsException("--system is given without --chat; add --chat or leave it out");
            }
            return base.promptTokens(prompt);
        }
        List<ChatMessage> messages = new ArrayList<>();
        if (system != null) {
            messages.add(new ChatMessage("system", system));
        }
        messages.add(new ChatMessage("user", prompt));
        try {
            String text = base.requireChatTemplate().render(messages, true);
            return base.tokenizer().encodePlaced(text).ids();
        } catch (ChatTemplateException e) {
            throw new SettingsException("the base's chat template refuses the conversation: " + e.getMessage());
        }
    }
}
