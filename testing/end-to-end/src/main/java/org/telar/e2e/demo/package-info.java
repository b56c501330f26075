/**
 * The demo: the main job from the meter's buffer to the Legacy tables, told live on real processes, with every fault the
 * story promises to survive, and judged value by value against what the meters truly held.
 */
package org.telar.e2e.demo;
