/** LoRA and its relatives, as PEFT methods. */
module dev.graft.lora.core {
    // SPI
    requires dev.graft.peft.spi;
}
