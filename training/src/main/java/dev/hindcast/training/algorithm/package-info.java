/**
 * What an algorithm of any room has to be able to do to be trained, and the catalogue that configs
 * name it from. The algorithms themselves are in the rooms.
 */
package dev.hindcast.training.algorithm;
