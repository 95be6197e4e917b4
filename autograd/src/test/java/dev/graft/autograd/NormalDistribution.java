package dev.graft.autograd;

/** The standard normal distribution function. */
final class NormalDistribution {
    private NormalDistribution() {}

    /** By Marsaglia's series phi(x) * (x + x^3/3 + x^5/15 + ...), exact to double precision for moderate x. */
    static double at(double x) {
        double term = x;
        double sum = x;
        for (int n = 3; n < 400; n += 2) {
            term *= x * x / n;
            sum += term;
        }
        return Math.abs(x) > 12 ? (x > 0 ? 1 : 0) : 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }
}
