package dev.graft.lora.core;

import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Slot;
import dev.graft.peft.spi.Targets;
import java.util.List;

/**
 * What AdaLoRA is told, with the keys of Hugging Face PEFT's AdaLoraConfig.
 *
 * @param targets where it acts
 * @param budget of ranks
 * @param ranks of the sites at the start
 * @param scale s, alpha / (init_r + 1e-5)
 * @param dropout on the input of A, in training
 * @param weight of the distance from orthogonal
 * @param startsAsBase false for random numbers in E too
 * @param biases that are trained
 */
record AdaLoraSettings(
        Targets targets,
        RankBudget budget,
        RankPattern ranks,
        double scale,
        double dropout,
        double weight,
        boolean startsAsBase,
        Biases biases) {
    static AdaLoraSettings read(Settings settings, ModelShape model) {
        Targets targets = Targets.read(settings, model, Targets.suffixes(model, Slot.QUERY, Slot.VALUE));
        RankBudget budget = RankBudget.read(settings);
        RankPattern ranks = RankPattern.read(settings, budget.initial(), targets.sites());
        double alpha = settings.number("lora_alpha", 8, 0, Double.MAX_VALUE);
        double dropout = settings.number("lora_dropout", 0, 0, Math.nextDown(1.0));
        double weight = settings.number("orth_reg_weight", 0.5, 0, Double.MAX_VALUE);
        boolean start = settings.flag("init_lora_weights", true);
        Biases biases = Biases.read(settings, "lora_only");
        List.of("r", "megatron_core", "qalora_group_size").forEach(settings::inert);
        targets.recordLayout(settings);
        double scale = (alpha > 0 ? alpha : budget.initial()) / (budget.initial() + 1e-5);
        return new AdaLoraSettings(targets, budget, ranks, scale, dropout, weight, start, biases);
    }
}
