/**
 * What a trained learner leaves: networks by role, and the head that says how their outputs become
 * actions or values. Not how they were trained, nor how they are stored.
 */
package dev.hindcast.offlinerl.product;
