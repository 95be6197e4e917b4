/** LoReFT for Graft, as somebody outside the project adds a method. */
module org.example.loreft {
    requires dev.graft.peft.spi;

    provides dev.graft.peft.spi.PeftMethod with
            org.example.loreft.LoReftMethod;
}
