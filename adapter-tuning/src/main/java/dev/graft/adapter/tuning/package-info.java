/** Bottleneck adapters, one file each, and the bottleneck that they share. */
package dev.graft.adapter.tuning;
