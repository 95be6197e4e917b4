package dev.graft.peft.testkit;

/** The laws that every method keeps on every family of models. */
interface ModelLaws
        extends OutputLaws,
                MixedLaws,
                SpiLaws,
                MergeLaw,
                CombineLaw,
                StackLaw,
                GradientLaws,
                FileLaws,
                SettingsLaws,
                TrainingLaws,
                ClusterLaws {}
