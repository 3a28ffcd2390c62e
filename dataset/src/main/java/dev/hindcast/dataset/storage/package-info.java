/**
 * Files wherever they lie, by path or URI, through Hadoop's file systems. What the files mean is
 * not here.
 */
package dev.hindcast.dataset.storage;
