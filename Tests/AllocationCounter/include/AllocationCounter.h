// A library to be preloaded: it counts the allocations of a process, thread by thread.
//
// The environment variable ALLOCATION_COUNTS names a file, which becomes a table of rows of three
// 64-bit numbers: a thread's identifier, how often it has allocated, and how often of that libzmq did.
#pragma once
