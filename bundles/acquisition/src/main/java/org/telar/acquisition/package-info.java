/**
 * How meters are read, whatever protocol and storage: which slots are missing, what one visit shall bring, and who may
 * use a medium when. Decisions ({@link org.telar.acquisition.MediumScheduler}, {@link
 * org.telar.acquisition.AirtimeOrder}) take the time as an argument and have no threads, so that the same classes run in
 * production and in a discrete-event simulation; {@link org.telar.acquisition.Medium} gives them threads.
 */
package org.telar.acquisition;
