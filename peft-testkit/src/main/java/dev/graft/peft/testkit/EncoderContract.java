package dev.graft.peft.testkit;

/**
 * The laws that depend on the family, on an encoder like BERT: what an adapter changes, in batches, merged and in files, its
 * gradients and its training. Settings, interrupted runs and the contract of the SPI are the same code for all encoders.
 */
abstract class EncoderContract extends FamilyBench
        implements OutputLaws, MixedLaws, MergeLaw, GradientLaws, FileLaws, TrainingLaws {
    EncoderContract(MethodContract contract, String family) {
        super(contract, family);
    }
}
