/**
 * The worker process: assembles the engine and the task types. Only here and in the {@code
 * …Configuration} classes does Spring meet the rest.
 */
@NullMarked
package io.taskfleet.worker;

import org.jspecify.annotations.NullMarked;
