# Sourced by the scripts that build: sets SWIFT_FLAGS, the flags of every release build.
#
# The hot loops are written with SIMD types and reach their speed with AVX2 and FMA, networks theirs with
# AVX-512 (Docs/Decisions/0003-processor.md). The flag is set to what this machine has, so that what is
# built here runs here; SEQTAG_CPU=avx2 builds for machines without AVX-512, SEQTAG_CPU=baseline for any
# x86-64 machine.
SWIFT_FLAGS=(-c release)

# Whether this processor has all of the named instruction sets.
processor_has() {
  local flags name
  flags=" $(sed -n '/^flags/{s/^flags[^:]*://p;q}' /proc/cpuinfo) "
  for name in "$@"; do
    [[ $flags == *" $name "* ]] || return 1
  done
}

if [ "$(uname -m)" = x86_64 ] && [ "${SEQTAG_CPU:-native}" != baseline ] && processor_has avx2 fma; then
  if [ "${SEQTAG_CPU:-native}" != avx2 ] \
    && processor_has avx512f avx512bw avx512cd avx512dq avx512vl; then
    SWIFT_FLAGS+=(-Xcc -march=x86-64-v4)
  else
    SWIFT_FLAGS+=(-Xcc -march=x86-64-v3)
  fi
fi
