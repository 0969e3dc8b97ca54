// For machines with AVX2 and fused multiply-add.
#include "limits.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define LEVEL cm_v3
#define CHAINS 6
#include "loops.h"
#pragma clang attribute pop
#endif
