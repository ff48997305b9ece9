//! Nothing to link: the benchmarks stand beside this file.
