/** From named columns to transitions and episodes, without any engine. */
package dev.hindcast.ingestion.mapping;
