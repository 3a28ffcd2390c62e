/**
 * What all artefacts share: canonical JSON, fingerprints, provenance and row accounts. Reading and
 * writing files is not here.
 */
package dev.hindcast.core.artefact;
