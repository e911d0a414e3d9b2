package io.taskfleet.client;

import java.util.List;

/**
 * A line that is nothing, and why.
 *
 * @param line its place, from 1
 * @param errors the first of them; pointers are relative to the line
 */
public record RefusedLine(long line, List<Violation> errors) {}
