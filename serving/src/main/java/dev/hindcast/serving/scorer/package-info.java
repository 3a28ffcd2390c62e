/**
 * Decisions of a loaded bundle, one moment at a time: JSON in, an action and its probability out,
 * and another version as soon as the registry says so. Networks and log files are not here.
 */
package dev.hindcast.serving.scorer;
