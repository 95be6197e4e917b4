package dev.graft.peft.testkit;

/** All laws on another family of models than BERT. */
abstract class FamilyContract extends FamilyBench implements MethodLaws {
    FamilyContract(MethodContract contract, String family) {
        super(contract, family);
    }
}
