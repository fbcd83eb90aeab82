# Sourced by the scripts that build: sets SWIFT_FLAGS, the flags of every release build.
#
# The hot loops are written with SIMD types and reach their speed with AVX2 and FMA
# (Docs/Decisions/0003-processor.md). The flag is set where this machine has both, so that what is
# built here runs here; SEQTAG_CPU=baseline builds for any x86-64 machine.
SWIFT_FLAGS=(-c release)
if [ "${SEQTAG_CPU:-native}" != baseline ] && [ "$(uname -m)" = x86_64 ] \
  && grep -q '^flags.* avx2 ' /proc/cpuinfo && grep -q '^flags.* fma ' /proc/cpuinfo; then
  SWIFT_FLAGS+=(-Xcc -march=x86-64-v3)
fi
