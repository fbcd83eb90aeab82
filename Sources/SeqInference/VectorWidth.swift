/// The number of vectors in a row as a type, so that kernels are compiled for each and keep a whole
/// row in registers. Rows of more than eight vectors take the general kernel.
struct VectorWidth<let count: Int> {}
