/**
 * Lines of JSON in files that readers see when they are whole. Which lines, and why, is not here.
 */
package dev.hindcast.serving.log;
