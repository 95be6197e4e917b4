package dev.graft.training.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes loss curves readable. */
public final class LossCurves {
    private LossCurves() {}

    /** Mean loss at each step that all curves have. */
    public static List<LossPoint> mean(List<List<LossPoint>> curves) {
        Map<Long, double[]> sums = new HashMap<>();
        for (List<LossPoint> curve : curves) {
            for (LossPoint point : curve) {
                double[] sum = sums.computeIfAbsent(point.step(), step -> new double[2]);
                sum[0] += point.loss();
                sum[1]++;
            }
        }
        return curves.get(0).stream()
                .filter(point -> sums.get(point.step())[1] == curves.size())
                .map(point -> new LossPoint(point.step(), sums.get(point.step())[0] / curves.size()))
                .toList();
    }

    /** Each point replaced by the mean of itself and the points before it, as many as the window holds. */
    public static List<LossPoint> smooth(List<LossPoint> curve, int window) {
        List<LossPoint> smooth = new ArrayList<>(curve.size());
        double sum = 0;
        for (int i = 0; i < curve.size(); i++) {
            sum += curve.get(i).loss();
            if (i >= window) {
                sum -= curve.get(i - window).loss();
            }
            smooth.add(new LossPoint(curve.get(i).step(), sum / Math.min(i + 1, window)));
        }
        return smooth;
    }

    /** At most so many points at even distances, the first and the last among them. */
    public static List<LossPoint> thin(List<LossPoint> curve, int most) {
        if (curve.size() <= most) {
            return curve;
        }
        List<LossPoint> thin = new ArrayList<>(most);
        for (int i = 0; i < most; i++) {
            thin.add(curve.get((int) Math.round(i * (curve.size() - 1.0) / (most - 1))));
        }
        return thin;
    }

    /** The window that suits a curve: a twentieth of its points. */
    public static int window(int points) {
        return Math.max(1, points / 20);
    }
}
