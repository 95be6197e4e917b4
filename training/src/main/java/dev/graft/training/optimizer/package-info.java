/** AdamW, learning rate schedules and gradient clipping, with the numbers of PyTorch and transformers. */
package dev.graft.training.optimizer;
