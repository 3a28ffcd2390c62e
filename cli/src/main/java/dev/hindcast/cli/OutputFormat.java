package dev.hindcast.cli;

/** How verbs that only look at things say what they saw. */
enum OutputFormat {
  TEXT,
  JSON
}
