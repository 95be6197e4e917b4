/**
 * Reads BERT out of an ONNX file: only as much of protocol buffers and of ONNX as that needs, checked before anything
 * is allocated.
 */
package dev.graft.transformer.model.onnx;
