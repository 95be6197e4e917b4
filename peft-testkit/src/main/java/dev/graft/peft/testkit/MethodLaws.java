package dev.graft.peft.testkit;

/** The laws that every method keeps: those of {@link ModelLaws}, and of runs that are cut off. */
interface MethodLaws extends ModelLaws, ResumeLaws {}
