// The vectors that the TreeSHAP kernels compute in, and the memory they work on.
#pragma once

namespace codman::models {

// As wide as the processor's registers: g++ splits wider vectors badly. They may alias and need no
// alignment, for the buffers are plain doubles (the scratch is aligned all the same, for speed).
struct EightLanes {
  using Vector [[gnu::vector_size(64), gnu::may_alias, gnu::aligned(sizeof(double))]] = double;
};
struct FourLanes {
  using Vector [[gnu::vector_size(32), gnu::may_alias, gnu::aligned(sizeof(double))]] = double;
};
struct TwoLanes {
  using Vector [[gnu::vector_size(16), gnu::may_alias, gnu::aligned(sizeof(double))]] = double;
};

// By one row a "number" is one double, by a pack of rows one double for each of them.
struct ShapScratch {
  double* prefix;  // slots × points numbers: weight × product of q over the path down to the slot
  double* subtree;  // slots × points: sum of the leaves below the slot, relative to its prefix
  double* edge;     // o by edge
  double* contribution;  // by used feature
};

}  // namespace codman::models
