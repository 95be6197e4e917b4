/** LoRA and its relatives, one file each. */
package dev.graft.lora.core;
