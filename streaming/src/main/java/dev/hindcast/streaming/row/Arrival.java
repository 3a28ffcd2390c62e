package dev.hindcast.streaming.row;

/** What a source hands on: a row, or what could not become one. */
public sealed interface Arrival permits EventRow, DeadLetter {}
