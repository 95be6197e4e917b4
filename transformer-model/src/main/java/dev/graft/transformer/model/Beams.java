package dev.graft.transformer.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;

/** The beam search of one text: several beginnings side by side, of which the most probable ones go on each time. */
final class Beams {
    private final BeamOptions options;
    private final int most;
    private final IntPredicate ends;
    private final int kept;
    private final int[] given;
    private final TokenRules rules;
    private final float penalty;

    /** Beginnings that go on, the most probable one first. */
    private List<Candidate> running = List.of(new Candidate(new int[0], 0, 0));

    /** Texts that ended, the best one first. */
    private List<Finished> finished = List.of();

    private boolean improvable = true;
    private boolean stuck;

    /**
     * A beginning.
     *
     * @param tokens so far
     * @param logprob sum of their log-probabilities
     * @param parent place among the beginnings before, which it continues
     */
    record Candidate(int[] tokens, double logprob, int parent) {
        int token() {
            return tokens[tokens.length - 1];
        }
    }

    private record Finished(int[] tokens, double score) {}

    /**
     * Starts a search.
     *
     * @param most tokens of a text
     * @param generation what the base asks for
     * @param given the prompt, or a decoder's start
     */
    Beams(BeamOptions options, int most, GenerationConfig generation, int[] given) {
        this.options = options;
        this.most = most;
        this.given = given.clone();
        this.ends = generation.endTokens()::contains;
        this.kept = Math.max(2, 1 + generation.endTokens().size()) * options.count();
        this.rules = new TokenRules(generation, most);
        this.penalty = (float) generation.repetitionPenalty();
    }

    /** The beginnings that go on. */
    List<Candidate> running() {
        return running;
    }

    /** True if nothing better is to be found. */
    boolean isOver() {
        boolean full = finished.size() == options.count();
        return stuck || !improvable || (full && options.earlyStopping());
    }

    /** The best text. */
    int[] best() {
        return finished.get(0).tokens();
    }

    /**
     * One more token.
     *
     * @param logits of each beginning's next token, [beginnings][vocabulary]
     */
    void step(float[][] logits) {
        int added = running.get(0).tokens().length;
        int forced = rules.forced(given.length + added, added);
        List<Candidate> candidates = forced >= 0 ? forced(forced) : continuations(logits);
        List<Candidate> open = new ArrayList<>();
        List<Finished> all = new ArrayList<>(finished);
        for (int i = 0; i < candidates.size(); i++) {
            Candidate candidate = candidates.get(i);
            if (!ends.test(candidate.token()) && candidate.tokens().length < most) {
                open.add(candidate);
            } else if (i < options.count() && !(options.earlyStopping() && finished.size() == options.count())) {
                all.add(new Finished(
                        candidate.tokens(), options.score(candidate.logprob(), candidate.tokens().length)));
            }
        }
        all.sort(Comparator.comparingDouble(Finished::score).reversed());
        finished = List.copyOf(all.subList(0, Math.min(all.size(), options.count())));
        stuck = open.isEmpty();
        running = List.copyOf(open.subList(0, Math.min(open.size(), options.count())));
        if (!stuck && finished.size() == options.count()) {
            double hope = options.score(running.get(0).logprob(), running.get(0).tokens().length);
            improvable = hope > finished.get(finished.size() - 1).score();
        }
    }

    private List<Candidate> forced(int token) {
        List<Candidate> all = new ArrayList<>();
        for (int i = 0; i < running.size(); i++) {
            all.add(next(i, token, running.get(i).logprob()));
        }
        return all;
    }

    /** The most probable ones, the best one first. */
    private List<Candidate> continuations(float[][] logits) {
        double[] scores = new double[kept];
        int[] parents = new int[kept];
        int[] tokens = new int[kept];
        int count = 0;
        for (int beam = 0; beam < logits.length; beam++) {
            double before = running.get(beam).logprob();
            double sum = LogSoftmax.logSum(logits[beam]);
            float[] allowed = allowed(logits[beam], running.get(beam).tokens(), sum);
            for (int token = 0; token < allowed.length; token++) {
                double score = before + (allowed[token] - sum);
                if (count == kept && score <= scores[count - 1]) {
                    continue;
                }
                int at = count < kept ? count++ : count - 1;
                for (; at > 0 && scores[at - 1] < score; at--) {
                    scores[at] = scores[at - 1];
                    parents[at] = parents[at - 1];
                    tokens[at] = tokens[at - 1];
                }
                scores[at] = score;
                parents[at] = beam;
                tokens[at] = token;
            }
        }
        List<Candidate> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(next(parents[i], tokens[i], scores[i]));
        }
        return all;
    }

    /** Logits under the base's rules, which act on log-probabilities here: they are what the penalty changes. */
    private float[] allowed(float[] logits, int[] added, double sum) {
        int length = given.length + added.length;
        int[] tokens = Arrays.copyOf(given, length);
        System.arraycopy(added, 0, tokens, given.length, added.length);
        float[] allowed = rules.apply(logits, tokens, length, added.length);
        if (penalty == 1) {
            return allowed;
        }
        float[] changed = allowed.clone();
        Arrays.stream(tokens).distinct().forEach(token -> {
            double logprob = allowed[token] - sum; // never above zero
            changed[token] = (float) (logprob * penalty + sum);
        });
        return changed;
    }

    private Candidate next(int parent, int token, double logprob) {
        int[] before = running.get(parent).tokens();
        int[] tokens = Arrays.copyOf(before, before.length + 1);
        tokens[before.length] = token;
        return new Candidate(tokens, logprob, parent);
    }
}
