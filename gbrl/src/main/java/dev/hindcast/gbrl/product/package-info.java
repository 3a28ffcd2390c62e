/**
 * What a learner of trees leaves: ensembles by role, and the head that says how their outputs
 * become actions or values. Not how they were grown, nor how they are stored.
 */
package dev.hindcast.gbrl.product;
