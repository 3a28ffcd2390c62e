/**
 * Where live events come from: files and Kafka, each record made a row or a dead letter before
 * anything else sees it, and the watermarks that say how far time has come.
 */
package dev.hindcast.streaming.source;
