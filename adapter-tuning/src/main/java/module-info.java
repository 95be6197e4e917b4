/** Bottleneck adapters: Houlsby's, Pfeiffer's, and the parallel one. */
module dev.graft.adapter.tuning {
    requires dev.graft.peft.spi;

    provides dev.graft.peft.spi.PeftMethod with
            dev.graft.adapter.tuning.HoulsbyMethod,
            dev.graft.adapter.tuning.ParallelMethod,
            dev.graft.adapter.tuning.PfeifferMethod;
}
