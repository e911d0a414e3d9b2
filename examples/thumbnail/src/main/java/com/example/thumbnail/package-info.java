/** A task type that no fleet has by itself: it makes images small. */
@NullMarked
package com.example.thumbnail;

import org.jspecify.annotations.NullMarked;
