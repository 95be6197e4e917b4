/** Trained rows in front of a text: Prefix-Tuning, Prompt Tuning, P-tuning and P-tuning v2. */
module dev.graft.prefix.tuning {
    requires dev.graft.peft.spi;

    provides dev.graft.peft.spi.PeftMethod with
            dev.graft.prefix.tuning.PrefixMethod,
            dev.graft.prefix.tuning.PromptMethod,
            dev.graft.prefix.tuning.PTuningMethod,
            dev.graft.prefix.tuning.PTuningV2Method;
}
