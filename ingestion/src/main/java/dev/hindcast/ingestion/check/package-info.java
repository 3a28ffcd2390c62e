/**
 * The rules that events and episodes must keep, and what happens to those that break one. Turning
 * rows into events is not here.
 */
package dev.hindcast.ingestion.check;
