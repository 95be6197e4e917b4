package dev.graft.peft.testkit;

/** The laws on another family of models than BERT; those of runs that are cut off are the same code for all families. */
abstract class FamilyContract extends FamilyBench implements ModelLaws {
    FamilyContract(MethodContract contract, String family) {
        super(contract, family);
    }
}
