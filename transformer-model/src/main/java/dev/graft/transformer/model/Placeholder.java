package dev.graft.transformer.model;

/** Lets the module export this package while it is empty; delete it with the package's first type. */
interface Placeholder {}
