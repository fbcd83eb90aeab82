#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

// The C library's functions, for files that import no C library.
func logarithm(_ x: Double) -> Double { log(x) }
func logarithm2(_ x: Double) -> Double { log2(x) }
func exponential(_ x: Double) -> Double { exp(x) }
func power2(_ x: Double) -> Double { exp2(x) }
/// ln Γ(x) for x > 0, without the C library's global sign.
func logGamma(_ x: Double) -> Double {
  var sign: Int32 = 0
  return lgamma_r(x, &sign)
}
