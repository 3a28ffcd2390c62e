/**
 * From rows of a log to events and from events to episodes, without any engine, so that batch and
 * stream do the same. What counts as wrong with them is in the package {@code check}.
 */
package dev.hindcast.ingestion.mapping;
