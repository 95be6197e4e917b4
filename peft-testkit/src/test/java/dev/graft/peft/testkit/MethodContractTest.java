package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedClass;

import dev.graft.peft.spi.PeftMethod;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Each fault that a method can have breaks a law: the suite is able to fail. */
class MethodContractTest {
    /** A class that JUnit does not find on its own. */
    abstract static class Shifting extends MethodContract {
        @Override
        protected Map<String, Map<String, ?>> settings() {
            return Map.of("default", Map.of());
        }

        @Override
        protected Map<String, List<?>> refused() {
            return Map.of("scale", List.of(0.4));
        }
    }

    static class ChangesTheBaseAtOnce extends Shifting {
        @Override
        protected PeftMethod method() {
            return FaultyMethods.changesTheBaseAtOnce();
        }
    }

    static class SaysThatItChangesTheBaseButDoesNot extends Shifting {
        @Override
        protected PeftMethod method() {
            return FaultyMethods.saysThatItChangesTheBaseButDoesNot();
        }
    }

    static class UsesNoParameter extends Shifting {
        @Override
        protected PeftMethod method() {
            return FaultyMethods.usesNoParameter();
        }
    }

    static class LooksAtOtherRows extends Shifting {
        @Override
        protected PeftMethod method() {
            return FaultyMethods.looksAtOtherRows();
        }
    }

    static class HasAWrongGradient extends Shifting {
        @Override
        protected PeftMethod method() {
            return FaultyMethods.hasAWrongGradient();
        }
    }

    static class CountsItsCalls extends Shifting {
        @Override
        protected PeftMethod method() {
            return FaultyMethods.countsItsCalls();
        }
    }

    static class DrawsItsOwnNumbers extends Shifting {
        @Override
        protected PeftMethod method() {
            return FaultyMethods.drawsItsOwnNumbers();
        }
    }

    static class DropsAtRandom extends Shifting {
        @Override
        protected PeftMethod method() {
            return FaultyMethods.dropsAtRandom();
        }
    }

    static class KeepsItsContext extends Shifting {
        @Override
        protected PeftMethod method() {
            return FaultyMethods.keepsItsContext();
        }
    }

    static class DeclaresLate extends Shifting {
        @Override
        protected PeftMethod method() {
            return FaultyMethods.declaresLate();
        }
    }

    static class DoesNotCheckItsSettings extends Shifting {
        @Override
        protected PeftMethod method() {
            return FaultyMethods.doesNotCheckItsSettings();
        }
    }

    @Test
    void faultsInTheOutputAreFound() {
        assertEquals(
                Set.of(
                        "aNewAdapterChangesNoProbability",
                        "aNewAdapterChangesNothingUnlessTheMethodSaysSo",
                        "anAdapterOnTopOfAnotherLeavesItAsItIs"),
                broken(selectClass(ChangesTheBaseAtOnce.class)));
        assertEquals(
                Set.of("aNewAdapterChangesNoProbability", "aNewAdapterChangesNothingUnlessTheMethodSaysSo"),
                broken(selectClass(SaysThatItChangesTheBaseButDoesNot.class)));
        assertBroken(
                UsesNoParameter.class,
                "anAdapterWhoseValuesMovedChangesTheOutput",
                "analyticGradientsEqualNumericOnes");
        assertBroken(
                LooksAtOtherRows.class,
                "aRowsOutputDoesNotDependOnTheOtherRows",
                "aStepInMicroBatchesIsTheStepAtOnce",
                "inAMixedBatchEachRowEqualsThatRowAlone",
                "paddingLeftAndRightChangesNothing",
                "rowsOfOtherMethodsInABatchChangeNoRow");
    }

    @Test
    void faultsInGenerationAreFound() {
        Set<String> broken = broken(selectNestedClass(List.of(LooksAtOtherRows.class), MethodContract.OnGpt2.class));
        assertTrue(
                broken.containsAll(Set.of(
                        "cachedDecodingEqualsTheFullPass", "inAMixedBatchEachTextHasTheProbabilitiesThatItHasAlone")),
                broken.toString());
    }

    @Test
    void aWrongGradientIsFound() {
        assertEquals(
                Set.of("analyticGradientsEqualNumericOnes", "gradientsOfTokensEqualNumericOnes"),
                broken(selectClass(HasAWrongGradient.class)));
    }

    @Test
    void stateIsFound() {
        assertBroken(
                CountsItsCalls.class,
                "swappingAdaptersToAndFroChangesNothing",
                "saveLoadSaveGivesTheSameBytesAndTheSameOutput",
                "aMicroBatchDoesNotDependOnWhatItsThreadDidBefore",
                "anyNumberOfWorkersGivesTheSameBits",
                "workersThatGetOnlyBytesGiveTheSameBits",
                "trainedAtOnceWithOthersEachIsTheAdapterThatItIsAlone",
                "methodAndFrameworkKeepTheContractOfTheSpi",
                "aFaultIsReportedAndLeavesTheRestAsItWas",
                "aRunInWhichTheMethodFailsCanBeResumed",
                "tensorsToBytesAndBackAreTheSameBits");
        assertBroken(DrawsItsOwnNumbers.class, "theSeedAloneDecides", "anyNumberOfWorkersGivesTheSameBits");
        assertBroken(
                DropsAtRandom.class,
                "anyNumberOfWorkersGivesTheSameBits",
                "theSeedAloneDecides",
                "aRunThatIsResumedAtAnyStepLeavesTheSameBytes");
    }

    @Test
    void breachesOfTheContractOfTheSpiAreFound() {
        assertBroken(KeepsItsContext.class, "methodAndFrameworkKeepTheContractOfTheSpi");
        assertBroken(DeclaresLate.class, "methodAndFrameworkKeepTheContractOfTheSpi");
    }

    @Test
    void looseSettingsAreFound() {
        assertBroken(
                DoesNotCheckItsSettings.class,
                "aTargetThatMatchesNothingIsRefusedWithTheSites",
                "valuesOfAnotherTypeAreRefused",
                "valuesOutsideTheirRangesAreRefused");
    }

    /** These laws are broken; the others are not looked at. */
    private static void assertBroken(Class<?> contract, String... laws) {
        DiscoverySelector[] selected = Arrays.stream(laws)
                .map(law -> Arrays.stream(contract.getMethods())
                        .filter(method -> method.getName().equals(law))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("no law is named " + law)))
                .map(method -> selectMethod(contract, method))
                .toArray(DiscoverySelector[]::new);
        assertEquals(new TreeSet<>(List.of(laws)), broken(selected));
    }

    /** Names of the laws that a class does not keep. */
    private static Set<String> broken(DiscoverySelector... selected) {
        return EngineTestKit.engine("junit-jupiter").selectors(selected).execute().testEvents().failed().stream()
                .map(failure ->
                        failure.getTestDescriptor().getUniqueId().toString().replaceAll(".*:(\\w+)\\(.*", "$1"))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
