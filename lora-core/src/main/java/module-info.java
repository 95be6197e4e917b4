/** LoRA and its relatives. */
module dev.graft.lora.core {
    requires dev.graft.peft.spi;

    provides dev.graft.peft.spi.PeftMethod with
            dev.graft.lora.core.AdaLoraMethod,
            dev.graft.lora.core.LoraMethod,
            dev.graft.lora.core.TrainableTokensMethod,
            dev.graft.lora.core.VeraMethod;
}
