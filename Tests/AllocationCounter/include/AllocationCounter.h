// A library to be preloaded: it counts the allocations of a process, thread by thread.
//
// The environment variable ALLOCATION_COUNTS names a file, which becomes a table of pairs of 64-bit
// numbers, a thread's identifier and how often it has allocated.
#pragma once
