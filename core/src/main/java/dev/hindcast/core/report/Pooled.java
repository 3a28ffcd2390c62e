package dev.hindcast.core.report;

/**
 * What a policy is worth by the segments of one label together, each weighted by its precision
 * (inverse variance): of a log of several loggers, those speak louder whose log says more about the
 * policy. Right only where labels were drawn by chance, so that all segments estimate one value.
 * Agarwal, Basu, Schnabel, Joachims (2017).
 *
 * @param label the label
 * @param policy the policy's name
 * @param segments how many were pooled, at least 2
 * @param value the weighted mean of the policy's values in them
 * @param standardError of that mean
 * @param lower the lower end of its interval
 * @param upper the upper end of its interval
 * @param equalP how likely values differ so much by chance where all are the same, in [0, 1]
 */
public record Pooled(
    String label,
    String policy,
    int segments,
    double value,
    double standardError,
    double lower,
    double upper,
    double equalP) {}
